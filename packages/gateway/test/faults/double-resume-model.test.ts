import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  connectChannels,
  http,
  type SocketClient,
  socketUrl,
  startTestGateway,
  type Target,
  tokenFor,
} from '../harness.ts'
import { type ChannelFrame, ChannelListener } from '../support/channel-listener.ts'
import { CommsClient, type CommsFrame } from '../support/comms-client.ts'
import { ServiceClient } from '../support/service-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { holds } from './support/model.ts'
import { times } from './support/scale.ts'
import { emit, unlimited } from './support/writing.ts'

/** By right, with what is not quite its proof, or as somebody else. */
type Claim = 'own' | 'forged' | 'foreign'

const rival = fc.record({
  claim: fc.constantFrom<Claim>('own', 'own', 'forged', 'foreign'),
  waits: fc.boolean(),
})
/** Those who want to go on with one session, at once with the next of them or before; one of them by right. */
const races = fc.record({
  rivals: fc
    .tuple(fc.array(rival, { minLength: 1, maxLength: 5 }), fc.nat(5))
    .map(([others, place]) => others.toSpliced(place, 0, { claim: 'own', waits: false })),
  missed: fc.nat(3),
  /** The network of the first connection has gone, or only seems to. */
  gone: fc.boolean(),
  /** Whether the first has said who it is, where that is not needed. */
  named: fc.boolean(),
})
type Race = typeof races extends fc.Arbitrary<infer One> ? One : never

const models: Readonly<Record<string, (target: Target, race: Race) => Promise<void>>> = {
  channels: raceInChannels,
  comms: raceInComms,
  services: raceInServices,
}

const news = { name: 'NEWS', from: 'all', to: ['panel'], delivery: 'all', data: {} } as const
const config = { ...unlimited, servicesSecret, services: { events: [news] as never } }

describe('of all who resume one session, one of those it belongs to has it', { concurrency: true }, () => {
  for (const [protocol, race] of Object.entries(models)) {
    it(protocol, async (t) => {
      const gateway = await startTestGateway(config)
      t.after(() => gateway.dispose())
      const property = fc.asyncProperty(races, (given) => race(gateway, given))
      await holds(t, `double resume ${protocol}`, property, times(25, 1500))
    })
  }
})

let written = 0

async function raceInChannels(target: Target, { rivals, gone, named }: Race): Promise<void> {
  const channel = `race-${written++}`
  const ann = named ? { bearer: tokenFor('ann') } : {}
  const { client, resume, greeting, id } = await ChannelListener.connect(target, channel, ann)
  if (gone) await client.terminate()
  const coming: Promise<SocketClient>[] = []
  const resumed: Promise<boolean>[] = []
  for (const { claim, waits } of rivals) {
    const token = claim === 'forged' ? { resumeToken: `${resume.resumeToken.slice(0, -1)}!` } : {}
    const query = { ...resume, ...token, since: greeting.eventID }
    const who = claim === 'foreign' ? { bearer: tokenFor('eve') } : ann
    const rival = connectChannels(target, channel, { query, ...who })
    coming.push(rival)
    resumed.push(rival.then(hasResumed))
    if (waits) await resumed.at(-1)
  }
  const clients = await Promise.all(coming)
  const hasIt = await Promise.all(resumed)
  await http(target, 'POST', `/${channel}/emit?clients=${id}`, { json: 'whose?' })
  const reached = await Promise.all(clients.map((rival) => isReached(rival)))
  const owners = rivals.filter((_, place) => reached[place] && hasIt[place])
  assert.deepEqual(
    owners.map(({ claim }) => claim),
    ['own'],
  )
  // All connections of a user have one id, whatever session each of them has.
  if (!named) assert.equal(reached.filter(Boolean).length, 1)
  for (const rival of [client, ...clients]) await rival.terminate()
}

/** Who was replaced at once is not greeted. */
async function hasResumed(client: SocketClient): Promise<boolean> {
  const greeting = await client.next<ChannelFrame>().catch(() => null)
  return greeting?.payload.resumed === true
}

/** Whether what was emitted to the id in question reaches this connection. */
async function isReached(client: SocketClient): Promise<boolean> {
  client.send({ type: 'UNKNOWN', payload: {} })
  for (;;) {
    const frame = await client.next<ChannelFrame>().catch(() => null)
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
  const wanted = rivals.filter(({ claim }) => claim === 'own').length
  for (const rival of rivals) {
    const client = await CommsClient.open(target)
    if (rival.claim === 'own') {
      rightful.add(client)
      client.socket.socket.once('close', (code) => {
        rightful.delete(client)
        if (closings.push(code) === wanted - 1) resolve()
      })
    } else {
      others.push(client)
    }
    const token = tokenFor(rival.claim === 'foreign' ? 'eve' : 'ann')
    const sessionId = first.ready!.session_id
    const presented = client.present({
      token,
      session_id: rival.claim === 'forged' ? sessionId - 1 : sessionId,
      s,
    })
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

async function raceInServices(target: Target, { rivals, missed, gone }: Race): Promise<void> {
  const open = () => ServiceClient.open(socketUrl(target, '/ws/v1'))
  const self = { type: 'panel', secret: servicesSecret }
  const sender = await open()
  await sender.identify({ ...self, type: 'feeds' })
  const say = (content: string) => sender.send({ op: 2, t: news.name, d: { content } })
  const first = await open()
  const { session } = await first.identify(self)
  if (gone) {
    await first.terminate()
    // What is given to a connection counts as had, whether or not its network is gone.
    await untilNone(target, self.type)
  }
  const expected = Array.from({ length: missed }, () => `missed ${written++}`)
  for (const content of expected) say(content)
  await sender.settled()

  const clients: ServiceClient[] = []
  const resumed: Promise<boolean>[] = []
  for (const { claim, waits } of rivals) {
    const client = await open()
    clients.push(client)
    const type = claim === 'foreign' ? 'dashboard' : self.type
    const secret = claim === 'forged' ? 'wrong' : servicesSecret
    // The secret is wrong: it is closed in place of an answer.
    resumed.push(
      client.identify({ type, secret, session }).then(
        (it) => it.resumed,
        () => false,
      ),
    )
    if (waits) await resumed.at(-1)
  }
  const hadIt = await Promise.all(resumed)
  assert.deepEqual(
    hadIt,
    rivals.map(({ claim }) => claim === 'own'),
  )
  const live = `live ${written++}`
  say(live)
  await sender.settled()
  const rightful = [...(gone ? [] : [first]), ...clients.filter((_, place) => hadIt[place])]
  const told = await Promise.all(rightful.map((one) => contentsUntil(one, live)))
  const winner = told.findIndex((contents) => contents.at(-1) === live)
  assert.deepEqual([...told.toSpliced(winner, 1), told[winner]].flat(), [...expected, live])
  for (const replaced of rightful.toSpliced(winner, 1)) assert.equal((await replaced.closed).code, 4002)
  for (const client of [sender, ...clients]) await client.terminate()
}

/** What the news were that came to this one, up to that or to its end. */
async function contentsUntil(client: ServiceClient, last: string): Promise<string[]> {
  const contents: string[] = []
  while (contents.at(-1) !== last) {
    const frame = await client.nextJson().catch(() => null)
    if (frame === null) break
    contents.push(frame.d.content)
  }
  return contents
}

async function untilNone(target: Target, type: string): Promise<void> {
  const headers = { authorization: servicesSecret }
  for (;;) {
    const { body } = await http(target, 'GET', '/v1/services', { headers })
    if (!body.some((one: { type: string }) => one.type === type)) return
  }
}
