import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { type HttpAnswer, http, spawnGateway, startTestGateway, type TestGateway } from '../harness.ts'
import { type ChannelFrame, ChannelListener } from '../support/channel-listener.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { holds } from './support/model.ts'
import { long, times } from './support/scale.ts'
import { unlimited } from './support/writing.ts'

const deadline = 5000
/** How far from the deadline an answer may come, in milliseconds. */
const tolerance = 250

/** What each of those who listen does with an event that wants to be acknowledged. */
const behaviour = fc.constantFrom(
  'acknowledges',
  'acknowledges twice',
  'is silent',
  'acknowledges another event',
  'leaves',
  'acknowledges and leaves',
)
type Behaviour = typeof behaviour extends fc.Arbitrary<infer One> ? One : never

const emits = fc.record({
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 6 }),
  /** Whether it is for all of them or only for the first so many, while the others acknowledge what is not theirs. */
  targets: fc.option(fc.integer({ min: 1, max: 6 })),
})

test('an emit that requires acknowledgements answers 200 when every target has acknowledged, else 408 at five seconds', async (t) => {
  const clock = new ManualClock(Date.now())
  // The clock moves by five seconds in most runs.
  const patient = { pingInterval: 10 ** 12, pongTimeout: 10 ** 12 }
  const gateway = await startTestGateway({ ...unlimited, channels: patient }, { clock })
  t.after(() => gateway.dispose())
  let run = 0
  const answers = { 200: 0, 408: 0 }
  const property = fc.asyncProperty(emits, async ({ behaviours, targets }) => {
    const scene = await Scene.open(gateway, `channel-${run++}`, behaviours)
    const status = await scene.emit(
      clock,
      Math.min(targets ?? behaviours.length, behaviours.length),
      targets !== null,
    )
    answers[status] += 1
    await scene.close()
  })
  await holds(t, 'acknowledging', property, times(25, 2000))
  t.diagnostic(`${answers[200]} answered with 200, ${answers[408]} with 408`)
})

test('…by the clock of a gateway in a process of its own, to a quarter of a second', async (t) => {
  // The long run takes what holds where nothing is configured.
  const timeout = times(1000, deadline)
  const { channels } = unlimited
  const config = { ...unlimited, channels: long ? channels : { ...channels, ackTimeout: timeout } }
  const gateway = await spawnGateway(config)
  try {
    const willing = await ChannelListener.connect(gateway, 'channel')
    const silent = await ChannelListener.connect(gateway, 'channel')
    const emit = async (...targets: ChannelListener[]) => {
      const clients = targets.map(({ id }) => id).join(',')
      const began = performance.now()
      // As late as the answer may be, besides, because this machine is busy.
      const late = pause(timeout).then(() => performance.now() - began - timeout)
      const reply = http(gateway, 'POST', `/channel/emit?require-ack=true&clients=${clients}`, { json: 'x' })
      willing.acknowledge((await willing.until('DATA')).eventID)
      const { status, body } = await reply
      return { status, body, took: performance.now() - began, late }
    }
    assert.equal((await emit(willing)).status, 200)
    const { status, body, took, late } = await emit(willing, silent)
    assert.deepEqual([status, body.acked, body.pending], [408, [willing.id], [silent.id]])
    t.diagnostic(`408 after ${Math.round(took)} ms of ${timeout}`)
    assert.ok(took >= timeout - tolerance && took <= timeout + tolerance + (await late), `${took} ms`)
    for (const { client } of [willing, silent]) await client.terminate()
  } finally {
    await gateway.dispose()
  }
})

interface Listening {
  readonly behaviour: Behaviour
  readonly listener: ChannelListener
}

class Scene {
  readonly #gateway: TestGateway
  readonly #channel: string
  readonly #listeners: readonly Listening[]
  readonly #watcher: ChannelListener

  static async open(gateway: TestGateway, channel: string, behaviours: readonly Behaviour[]): Promise<Scene> {
    const listeners: Listening[] = []
    for (const behaviour of behaviours) {
      listeners.push({ behaviour, listener: await ChannelListener.connect(gateway, channel) })
    }
    // Somebody who is no target shows when the others have gone, and that what came before has been dealt with.
    return new Scene(gateway, channel, listeners, await ChannelListener.connect(gateway, channel))
  }

  private constructor(
    gateway: TestGateway,
    channel: string,
    listeners: readonly Listening[],
    watcher: ChannelListener,
  ) {
    this.#gateway = gateway
    this.#channel = channel
    this.#listeners = listeners
    this.#watcher = watcher
  }

  /** Gives the status that came, after checking that it is the one that must. */
  async emit(clock: ManualClock, count: number, named: boolean): Promise<200 | 408> {
    const targets = this.#listeners.slice(0, count)
    const ids = [...targets.map(({ listener }) => listener.id), ...(named ? [] : [this.#watcher.id])]
    const query = `require-ack=true&clients=${ids.join(',')}`
    let answered = false
    const reply = http(this.#gateway, 'POST', `/${this.#channel}/emit?${query}`, { json: 'x' }).finally(
      () => {
        answered = true
      },
    )
    const { eventID } = await targets[0]!.listener.until('DATA')
    for (const { listener } of targets.slice(1)) await listener.until('DATA')
    if (!named) this.#watcher.acknowledge(eventID)
    for (const one of this.#listeners) await this.#act(one, eventID)

    const ofThese = (...which: Behaviour[]) =>
      targets.filter(({ behaviour }) => which.includes(behaviour)).map(({ listener }) => listener.id)
    const acked = ofThese('acknowledges', 'acknowledges twice', 'acknowledges and leaves')
    if (!named) acked.push(this.#watcher.id)
    const pending = ofThese('is silent', 'acknowledges another event')
    const left = ofThese('leaves')
    if (pending.length + left.length === 0) {
      const { status, body } = await reply
      assert.deepEqual([status, body.acked.toSorted()], [200, acked.toSorted()])
      return 200
    }
    clock.advance(deadline - 1)
    await this.#settle()
    assert.equal(answered, false, 'not before five seconds')
    clock.advance(1)
    const { status, body }: HttpAnswer = await reply
    assert.equal(status, 408)
    assert.deepEqual(
      [body.acked, body.pending, body.left].map((list) => list.toSorted()),
      [acked, pending, left].map((list) => list.toSorted()),
    )
    return 408
  }

  async close(): Promise<void> {
    for (const { listener } of this.#listeners) await listener.client.terminate()
    await this.#watcher.client.terminate()
  }

  /** Does what is expected of this listener, and resolves when the gateway has dealt with it. */
  async #act({ behaviour, listener }: Listening, eventID: string): Promise<void> {
    if (behaviour === 'acknowledges another event') listener.acknowledge('evt_unknown00')
    if (behaviour.startsWith('acknowledges') && behaviour !== 'acknowledges another event') {
      listener.acknowledge(eventID)
    }
    if (behaviour === 'acknowledges twice') listener.acknowledge(eventID)
    listener.client.send({ type: 'PRESENCE', payload: {} })
    await listener.until('PRESENCE:UPDATED')
    if (!behaviour.endsWith('leaves')) return
    await listener.client.close()
    await this.#watcher.client.until<ChannelFrame>(
      ({ type, payload }) => type === 'PRESENCE:LEFT' && payload.clientID === listener.id,
    )
  }

  async #settle(): Promise<void> {
    this.#watcher.client.send({ type: 'PRESENCE', payload: { settled: true } })
    await this.#watcher.client.until<ChannelFrame>(
      ({ type, payload }) => type === 'PRESENCE:UPDATED' && payload.presence.settled === true,
    )
  }
}
