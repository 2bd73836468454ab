import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  connectChannels,
  http,
  type SocketClient,
  startTestGateway,
  type Target,
  tokenFor,
} from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { CommsClient, type CommsFrame } from '../support/comms-client.ts'
import { holds } from './support/model.ts'
import { times } from './support/scale.ts'
import { emit, unlimited } from './support/writing.ts'

/** Those who want to go on with one session, by right or not, at once with the next of them or before. */
const races = fc.record({
  rivals: fc
    .array(fc.record({ rightful: fc.boolean(), waits: fc.boolean() }), { minLength: 1, maxLength: 5 })
    .map((others) => [{ rightful: true, waits: false }, ...others]),
  missed: fc.nat(3),
  /** The network of the first connection has gone, or only seems to. */
  gone: fc.boolean(),
})
type Race = typeof races extends fc.Arbitrary<infer One> ? One : never

const models: Readonly<Record<string, (target: Target, race: Race) => Promise<void>>> = {
  channels: raceInChannels,
  comms: raceInComms,
}

describe('of all who resume one session, one of those it belongs to has it', { concurrency: true }, () => {
  for (const [protocol, race] of Object.entries(models)) {
    it(protocol, async (t) => {
      const gateway = await startTestGateway(unlimited)
      t.after(() => gateway.dispose())
      const property = fc.asyncProperty(races, (given) => race(gateway, given))
      await holds(t, `double resume ${protocol}`, property, times(25, 1000))
    })
  }
})

let written = 0

async function raceInChannels(target: Target, { rivals, gone }: Race): Promise<void> {
  const channel = `race-${written++}`
  const { client, resume, greeting, id } = await ChannelListener.connect(target, channel)
  if (gone) await client.terminate()
  const clients: SocketClient[] = []
  const greeted: Promise<unknown>[] = []
  for (const { rightful, waits } of rivals) {
    const token = rightful ? {} : { resumeToken: `${resume.resumeToken.slice(0, -1)}!` }
    const query = { ...resume, ...token, since: greeting.eventID }
    const rival = await connectChannels(target, channel, { query })
    clients.push(rival)
    // Who was replaced at once is not greeted.
    greeted.push(rival.next().catch(() => null))
    if (waits) await greeted.at(-1)
  }
  await Promise.all(greeted)
  const { body } = await http(target, 'POST', `/${channel}/emit?clients=${id}`, { json: 'whose?' })
  assert.equal(body.clients, 1)
  const owners = await Promise.all(clients.map((rival) => ownsIt(rival)))
  assert.equal(owners.filter(Boolean).length, 1)
  assert.ok(rivals[owners.indexOf(true)]!.rightful)
  for (const rival of [client, ...clients]) await rival.terminate()
}

/** Whether what was emitted to the id in question reaches this connection. */
async function ownsIt(client: SocketClient): Promise<boolean> {
  client.send({ type: 'UNKNOWN', payload: {} })
  for (;;) {
    const frame = await client.next<{ type: string; payload: { code?: string } }>().catch(() => null)
    if (frame === null || frame.payload.code === 'UNKNOWN_TYPE') return false
    if (frame.type === 'DATA') return true
  }
}

async function raceInComms(target: Target, { rivals, missed, gone }: Race): Promise<void> {
  const first = await CommsClient.join(target, 'ann')
  await emit(target, `seen ${written++}`)
  const { s } = await first.socket.until<CommsFrame>(({ t }) => t === 'MESSAGE_CREATE')
  if (gone) await first.socket.terminate()
  const expected = Array.from({ length: missed }, () => `missed ${written++}`)
  for (const content of expected) await emit(target, content)

  const closings: number[] = []
  const { promise: oneIsLeft, resolve } = Promise.withResolvers<void>()
  const rightful = new Set<CommsClient>()
  const others: CommsClient[] = []
  const wanted = rivals.filter((rival) => rival.rightful).length
  for (const rival of rivals) {
    const client = await CommsClient.open(target)
    if (rival.rightful) {
      rightful.add(client)
      client.socket.socket.once('close', (code) => {
        rightful.delete(client)
        if (closings.push(code) === wanted - 1) resolve()
      })
    } else {
      others.push(client)
    }
    const token = tokenFor(rival.rightful ? 'ann' : 'eve')
    const presented = client.present({ token, session_id: first.ready!.session_id, s })
    if (rival.waits) await presented.catch(() => {})
    else presented.catch(() => {})
  }
  if (wanted > 1) await oneIsLeft
  assert.deepEqual(closings, Array(wanted - 1).fill(4007))
  for (const { socket } of others) await socket.until<CommsFrame>(({ t }) => t === 'CHANNEL_MOVE')

  const live = `live ${written++}`
  await emit(target, live)
  const [winner] = rightful
  const heard: string[] = []
  while (heard.at(-1) !== live) {
    heard.push((await winner!.socket.until<CommsFrame>(({ t }) => t === 'MESSAGE_CREATE')).cnf.content)
  }
  assert.equal(winner!.ready!.resumed, true)
  assert.deepEqual(heard, [...expected, live])
  for (const { socket, ready } of others) {
    await socket.until<CommsFrame>(({ t, cnf }) => t === 'MESSAGE_CREATE' && cnf.content === live)
    assert.notEqual(ready!.session_id, first.ready!.session_id)
  }
  for (const { socket } of [first, winner!, ...others]) await socket.terminate()
}
