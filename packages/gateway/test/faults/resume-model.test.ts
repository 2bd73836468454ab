import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { startTestGateway, type TestGateway } from '../harness.ts'
import { type Follower, followers } from './support/follower.ts'
import { holds, seldom } from './support/model.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

type Step =
  /** So many messages are written while what follows happens. */
  | { readonly do: 'write'; readonly messages: number }
  /** Each connection breaks, and the next one of that protocol will after so many bytes. */
  | { readonly do: 'cut'; readonly nextAfter: readonly number[] }
  | { readonly do: 'connect' }
  | { readonly do: 'restart' }

const protocols = Object.values(followers)
const bytes = fc.array(fc.nat(3000), { minLength: protocols.length, maxLength: protocols.length })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('write' as const), messages: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cut' as const), nextAfter: bytes }) },
  { weight: 3, arbitrary: fc.constant({ do: 'connect' as const }) },
)
/** Restarts take a while: at most one in a run, and not in most. */
const steps = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 6 }), seldom(fc.nat(5), 60))
  .map(([all, restart]): Step[] => {
    if (restart === null) return all
    return [...all.slice(0, restart), { do: 'restart' as const }, ...all.slice(restart)]
  })

test('whatever breaks at whatever byte, a resume brings what was missed, once and in order, in every protocol', async (t) => {
  const gateway = await startTestGateway(unlimited)
  const lines = await Promise.all(protocols.map((Protocol) => Line.open(gateway, Protocol)))
  t.after(async () => {
    for (const line of lines) await line.close()
    await gateway.dispose()
  })
  await makeRoom(gateway, ['ann'])
  const together = (act: (line: Line, place: number) => Promise<void>) => Promise.all(lines.map(act))
  await together((line) => line.heal())

  const property = fc.asyncProperty(steps, async (all) => {
    const written: string[] = []
    const writing = writers.map(() => Promise.resolve())
    const write = (count: number) => {
      for (let i = 0; i < count; i++) {
        const writer = total++ % writers.length
        const content = `${writers[writer]}: ${total}`
        written.push(content)
        writing[writer] = writing[writer]!.then(async () => void (await emit(gateway, content)))
      }
    }
    /** After all that is being written: once this is heard, nothing is still to come. */
    const writeLast = async () => {
      await Promise.all(writing)
      write(1)
      await together((line) => line.hears(written.at(-1)!))
    }
    await writeLast()
    for (const next of all) {
      if (next.do === 'write') write(next.messages)
      else if (next.do === 'cut') await together((line, place) => line.cut(next.nextAfter[place]!))
      else if (next.do === 'connect') await together((line) => line.reconnect())
      else {
        await Promise.all(writing)
        await gateway.restart()
        for (const line of lines) line.moved(gateway)
      }
    }
    await together((line) => line.heal())
    await writeLast()
    const [first = [], ...others] = lines.map((line) => line.end())
    assert.deepEqual(first.toSorted(), written.toSorted(), 'everything, once')
    for (const writer of writers) {
      const own = (contents: readonly string[]) => contents.filter((content) => content.startsWith(writer))
      assert.deepEqual(own(first), own(written), 'in the order of writing')
    }
    for (const heard of others) assert.deepEqual(heard, first, 'all in one order')
  })
  await holds(t, 'resume', property, times(20, 5000))
})

/** Two, so that while one message is being kept another comes, and a resume between them. */
const writers = ['one', 'other']
let total = 0

/** A follower, and what stands between it and the gateway. Goes on from run to run, as its connections are most of what a run costs. */
class Line {
  readonly #proxy: BreakingProxy
  readonly #follower: Follower

  static async open(gateway: TestGateway, Protocol: (typeof protocols)[number]): Promise<Line> {
    return new Line(await BreakingProxy.before(gateway.url), Protocol)
  }

  private constructor(proxy: BreakingProxy, Protocol: (typeof protocols)[number]) {
    this.#proxy = proxy
    this.#follower = new Protocol(proxy, 'ann')
  }

  hears(content: string): Promise<void> {
    return this.#follower.until(() => this.#follower.heard.at(-1) === content)
  }

  async cut(nextAfter: number): Promise<void> {
    await this.#follower.cut()
    this.#proxy.cutAfter(nextAfter)
  }

  /** A new connection, which may break while it is being made. */
  async reconnect(): Promise<void> {
    await this.#follower.cut()
    try {
      await this.#follower.connect()
    } catch {
      // It broke before the greeting was whole: the next one goes on from where this one should have.
    }
  }

  /** A connection that does not break. */
  async heal(): Promise<void> {
    this.#proxy.downstream = null
    await this.#follower.cut()
    await this.#follower.connect()
  }

  moved({ url }: TestGateway): void {
    this.#proxy.target = url
  }

  /** What was heard; the next run begins with nothing. */
  end(): string[] {
    const { protocol, heard, gaps } = this.#follower
    assert.equal(gaps, 0, `${protocol}: no gap`)
    return heard.splice(0)
  }

  async close(): Promise<void> {
    await this.#follower.cut()
    await this.#proxy.close()
  }
}
