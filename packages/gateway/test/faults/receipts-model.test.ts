import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { startTestGateway, type TestGateway } from '../harness.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { holds, seldom } from './support/model.ts'
import { times } from './support/scale.ts'
import { unlimited } from './support/writing.ts'

type Mark = 'dlvrd' | 'read'

/** Where in the chat a mark reaches, from its beginning (0) to its newest message (1). */
const place = fc.double({ min: 0, max: 1, noNaN: true })
const mark = fc.record({ mark: fc.constantFrom<Mark>('dlvrd', 'read'), place })
const who = fc.constantFrom(0 as const, 1 as const)

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      who,
      /** All sent at once, in this order by one device and in the opposite one by another of the same user. */
      marks: fc.array(mark, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const), who }) },
)
const steps = fc.tuple(fc.array(step, { minLength: 1, maxLength: 8 }), seldom(fc.nat(5), 40))

describe('receipts', () => {
  it('only advance, whatever is marked twice, late, or by two devices at once', async (t) => {
    const gateway = await startTestGateway(unlimited)
    t.after(() => gateway.dispose())
    let run = 0
    const property = fc.asyncProperty(steps, async ([all, restart]) => {
      const dialog = await Dialog.open(gateway, run++)
      for (const [at, next] of all.entries()) {
        if (at === restart) await dialog.restart()
        if (next.do === 'write') await dialog.write(next.who)
        else if (next.do === 'break') await dialog.break(next.who)
        else await dialog.mark(next.who, next.marks)
        await dialog.agrees()
      }
      await dialog.close()
    })
    await holds(t, 'receipts', property, times(20, 2000))
  })
})

/** One of the two: two devices, what should be marked, and what they were told of their own messages. */
class Party {
  readonly user: string
  readonly upTo: Record<Mark, number> = { dlvrd: 0, read: 0 }
  readonly told: Record<Mark, number> = { dlvrd: 0, read: 0 }
  devices: [MessengerClient, MessengerClient] | null = null
  #lastEventId: number | undefined

  constructor(user: string) {
    this.user = user
  }

  async connect(gateway: TestGateway): Promise<void> {
    const follower = await MessengerClient.open(gateway, this.user)
    const payload = this.#lastEventId === undefined ? {} : { lastEventId: this.#lastEventId }
    const { lastEventId } = await follower.get('subscribe', payload)
    this.#lastEventId ??= lastEventId
    this.devices = [follower, await MessengerClient.open(gateway, this.user)]
  }

  async cut(): Promise<void> {
    // What has come before the break is known to this client; what has not is told again.
    await this.hear()
    for (const { socket } of this.devices!) await socket.terminate()
  }

  /** Takes the events that have come, each of which must advance. */
  async hear(): Promise<void> {
    for (const { id, eventType, payload } of await this.devices![0].eventsSoFar()) {
      if (id === undefined) continue
      assert.equal(id, this.#lastEventId! + 1, 'no event is missing, none comes twice')
      this.#lastEventId = id
      if (eventType !== 'dlvrd' && eventType !== 'read') continue
      const { told } = this
      assert.ok(payload.messageId > told[eventType], `${eventType} of ${payload.messageId} advances`)
      told[eventType] = payload.messageId
      if (eventType === 'read') told.dlvrd = Math.max(told.dlvrd, told.read)
    }
  }
}

interface Shown {
  readonly dlvrd?: number
  readonly read?: number
}

class Dialog {
  readonly #gateway: TestGateway
  readonly #parties: readonly [Party, Party]
  /** Who wrote each message, from the first. */
  readonly #authors: (0 | 1)[] = []
  #shown: readonly Shown[] = []

  static async open(gateway: TestGateway, run: number): Promise<Dialog> {
    const dialog = new Dialog(gateway, [new Party(`ann-${run}`), new Party(`bob-${run}`)])
    for (const party of dialog.#parties) await party.connect(gateway)
    for (const who of [0, 1] as const) await dialog.write(who)
    return dialog
  }

  private constructor(gateway: TestGateway, parties: readonly [Party, Party]) {
    this.#gateway = gateway
    this.#parties = parties
  }

  /** Each message has another text: a request that is like an earlier one in everything, its number too, is a repetition. */
  async write(who: 0 | 1): Promise<void> {
    await this.#device(who).get('new', { chatId: this.#other(who), message: `${this.#authors.length}` })
    this.#authors.push(who)
  }

  async mark(who: 0 | 1, marks: readonly { mark: Mark; place: number }[]): Promise<void> {
    const party = this.#parties[who]
    const wanted = marks.map(({ mark, place }) => ({
      mark,
      messageId: 1 + Math.floor(place * (this.#authors.length - 1)),
    }))
    const chatId = this.#other(who)
    const ask = (device: MessengerClient, all: typeof wanted) =>
      all.map(({ mark, messageId }) => device.get(mark, { chatId, messageId }))
    const [one, other] = party.devices!
    await Promise.all([...ask(one, wanted), ...ask(other, wanted.toReversed())])
    for (const { mark, messageId } of wanted) {
      party.upTo[mark] = Math.max(party.upTo[mark], messageId)
      if (mark === 'read') party.upTo.dlvrd = Math.max(party.upTo.dlvrd, messageId)
    }
  }

  async break(who: 0 | 1): Promise<void> {
    await this.#parties[who].cut()
    await this.#parties[who].connect(this.#gateway)
  }

  async restart(): Promise<void> {
    for (const party of this.#parties) await party.cut()
    await this.#gateway.restart()
    for (const party of this.#parties) await party.connect(this.#gateway)
  }

  /** Each message shows what covers it, since the same moment as before; each author was told up to the last of theirs. */
  async agrees(): Promise<void> {
    const shown = await this.#device(0).get('getMessages', { chatId: this.#other(0), count: 100 })
    for (const [index, author] of this.#authors.entries()) {
      const { dlvrd, read }: Shown = shown[index]
      const { upTo } = this.#parties[1 - author]!
      const number = index + 1
      assert.deepEqual(
        [dlvrd !== undefined, read !== undefined],
        [number <= upTo.dlvrd, number <= upTo.read],
        `message ${number} of ${author}`,
      )
      const before = this.#shown[index] ?? {}
      assert.deepEqual(
        [before.dlvrd ?? dlvrd, before.read ?? read],
        [dlvrd, read],
        `message ${number}: the first moment stays`,
      )
    }
    this.#shown = shown
    for (const [who, party] of this.#parties.entries()) {
      await party.hear()
      const { upTo } = this.#parties[1 - who]!
      assert.deepEqual(party.told, {
        dlvrd: this.#lastOf(who, upTo.dlvrd),
        read: this.#lastOf(who, upTo.read),
      })
    }
  }

  async close(): Promise<void> {
    for (const party of this.#parties) await party.cut()
  }

  /** The last message of this author up to a number; 0: none. */
  #lastOf(who: number, upTo: number): number {
    return this.#authors.slice(0, upTo).lastIndexOf(who as 0 | 1) + 1
  }

  #device(who: 0 | 1): MessengerClient {
    return this.#parties[who].devices![0]
  }

  #other(who: 0 | 1): string {
    return this.#parties[1 - who]!.user
  }
}
