import assert from 'node:assert/strict'
import { before } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { systemClock } from '../../../src/app/clock.ts'
import type { PartialConfig } from '../../../src/app/config/schema.ts'
import { createLog, type LogOptions } from '../../../src/app/log.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { connectChannels, http, startTestGateway, type TestGateway } from '../../harness.ts'
import { held, received } from './memory.ts'

/** What an attack is worth in the log. */
export interface Worth {
  /** So many lines, no more and no less. */
  readonly lines?: () => number
  /** For each of so many handshakes that are refused there may be one line besides. */
  readonly handshakes?: () => number
  /** How many of the lines say that something was a mistake of ours. */
  readonly mistakes?: number
}

/** How long the next client may wait, in milliseconds; on a machine that is slower than that anyway, so many times as long as before. */
const promised = 1000
const slower = 5

/**
 * What may be left of an attack: not what was sent, of which this part is allowed for, but what an idle gateway grows by as well. That was 125 kB
 * at most, and several times as much the first time, which is no leak: so an attack is made up to five times.
 */
const part = 1 / 8
const idle = 192 * 1024
const rounds = 5

/** How long a closed connection may need until it has gone, in milliseconds: twice what is given to a client that does not answer. */
const closing = 10_000

interface Until {
  after(call: () => Promise<void>): void
}

/** A gateway in this process that is attacked, with what it logs as lines of text. */
export class Victim {
  readonly gateway: TestGateway
  /** As they would stand on stderr. */
  readonly lines: string[]
  /** What was held after the last attack, so that it need not be found out anew before the next. */
  #held: number | null = null
  /** What is still to be seen before it is stopped. */
  #last = async (): Promise<void> => {}

  /** `form`: the log's, as in production mode (`json`) or in development mode (`short`). */
  static async start(
    until: Until,
    config: PartialConfig = {},
    clock: Clock = systemClock,
    form: LogOptions['form'] = 'json',
  ): Promise<Victim> {
    const lines: string[] = []
    const log = createLog({ level: 'info', form, clock, write: (line) => void lines.push(line) })
    const gateway = await startTestGateway(config, { log, clock })
    const victim = new Victim(gateway, lines)
    until.after(async () => {
      try {
        await victim.#last()
      } finally {
        await gateway.dispose()
      }
    })
    return victim
  }

  private constructor(gateway: TestGateway, lines: string[]) {
    this.gateway = gateway
    this.lines = lines
  }

  get url(): string {
    return this.gateway.url
  }

  get port(): number {
    return Number(new URL(this.gateway.url).port)
  }

  /** To be called outside of tests: all those of the file are one attack, and it withstands that. */
  withstandsAll(worth: Worth = {}): void {
    before(async () => {
      const isAsBefore = await this.#look()
      this.#last = () => isAsBefore(worth)
    })
  }

  /**
   * Makes an attack, then sees that the process lives, the next client is served in time, the connections have gone, and the log has
   * neither a line too many nor one too few.
   */
  async withstands(attack: () => Promise<unknown>, worth: Worth = {}): Promise<void> {
    const isAsBefore = await this.#look()
    await attack()
    await isAsBefore(worth)
  }

  /** As above, and sees that memory came back. An attack that leaves something is made again: a leak leaves something each time. */
  async forgets(attack: () => Promise<unknown>, worth: Worth = {}): Promise<void> {
    const left: string[] = []
    while (left.length < rounds) {
      const [memory, bytes] = [this.#held ?? (await held()), received()]
      await this.withstands(attack, worth)
      this.#held = await held()
      const [grown, sent] = [this.#held - memory, received() - bytes]
      if (grown < idle + sent * part) return
      left.push(`${Math.round(grown / 1024)} kB of ${Math.round(sent / 1024)}`)
    }
    assert.fail(`what was sent is kept: ${left.join(', ')}`)
  }

  /** How it stands now; what that gives sees later that it stands as well again. */
  async #look(): Promise<(worth: Worth) => Promise<void>> {
    const connections = await this.#connections()
    const waited = await this.#serves()
    const logged = this.lines.length
    return async (worth) => {
      const late = await this.#serves()
      const most = Math.max(promised, slower * waited)
      assert.ok(late <= most, `the next client waited for ${late} ms, before it was ${waited} ms`)
      await this.#comesBackTo(connections)
      this.#hasLogged(this.lines.splice(logged), worth)
    }
  }

  /** A newcomer connects, hears, and is answered; how long that took, in milliseconds. */
  async #serves(): Promise<number> {
    const began = performance.now()
    const listener = await connectChannels(this.gateway, 'newcomers')
    const heard: object[] = []
    const hears = async (what: string, fits: (frame: { type: string; payload: unknown }) => boolean) => {
      const noted = (frame: { type: string; payload: unknown }) => heard.push(frame) > 0 && fits(frame)
      await listener.until(noted).catch((cause: unknown) => {
        const told = `it heard ${JSON.stringify(heard)}; the log ends with ${this.lines.slice(-3).join('')}`
        throw new Error(`a newcomer does not hear ${what}: ${told}`, { cause })
      })
    }
    await hears('CONNECTED', ({ type }) => type === 'CONNECTED')
    const { status } = await http(this.gateway, 'POST', '/newcomers/emit', { json: 'hello' })
    assert.equal(status, 200)
    await hears('what is emitted', ({ payload }) => payload === 'hello')
    const took = Math.round(performance.now() - began)
    await listener.close()
    return took
  }

  /** That a connection has gone is seen here a moment after its client sees it. */
  async #comesBackTo(connections: number): Promise<void> {
    const until = performance.now() + closing
    let open = await this.#connections()
    while (open > connections) {
      assert.ok(performance.now() < until, `${open} connections are open, before it were ${connections}`)
      await wait(5)
      open = await this.#connections()
    }
  }

  async #connections(): Promise<number> {
    const { text } = await http(this.gateway, 'GET', '/metrics')
    return Number(/^parlance_connections (\d+)$/m.exec(text)?.[1])
  }

  #hasLogged(logged: readonly string[], { lines = none, handshakes = none, mistakes = 0 }: Worth): void {
    // How many refused handshakes had no line of their own is said a second later, which may be after the next attack.
    const written = logged.filter((line) => !line.includes('so much more was refused'))
    const says = `${written.length} lines were logged, not ${lines()}:\n${written.slice(0, 5).join('')}`
    assert.ok(written.length >= lines() && written.length <= lines() + handshakes(), says)
    const wrong = written.filter((line) => /"level":"error"|^\S+ error /.test(line))
    assert.equal(wrong.length, mistakes, `mistakes of ours:\n${wrong.slice(0, 5).join('')}`)
  }
}

const none = () => 0
