import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FakeConnection, fakeOutbound } from '../../test/support/fake-outbound.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import type { DurableEvent, RoomEvent } from '../model/event.ts'
import { defaultSettings, type Room } from '../model/room.ts'
import type { AttendRequest, Rooms, Speech, Welcome } from '../ports/core.ts'
import type { EventLog } from '../ports/engine.ts'
import { createAttendance } from './attendance.ts'
import { Hub } from './hub.ts'

const lobby: Room = {
  ...defaultSettings,
  id: 'lobby',
  access: 'public',
  creatorId: null,
  incarnation: 'i',
  createdAt: 0,
  lastActiveAt: 0,
  passwordHash: null,
}

const say = (event: RoomEvent): string => {
  const { body, seq } = event
  return 'member' in body ? `${body.kind} ${body.member.id}` : `${seq}`
}
const speech: Speech = { wire: 'websocket', encode: say }

/** A log whose reads come back when the test says, as late and in whatever order a store may choose. */
function scene() {
  const hub = new Hub(fakeOutbound)
  const events: DurableEvent[] = []
  const waiting: (() => void)[] = []
  /** A read is made in one step and comes back in a later one: more may have happened in between. */
  const later = <T>(read: () => T): Promise<T> =>
    new Promise((resolve) => {
      waiting.push(() => {
        const found = read()
        waiting.push(() => resolve(found))
      })
    })
  const log = {
    head: () => later(() => ({ epoch: 'e', seq: events.length })),
    since: (_room: string, from: { seq: number }) =>
      later(() => ({ events: events.slice(from.seq), position: { epoch: 'e', seq: events.length } })),
  } as unknown as EventLog
  const makers: (string | null)[] = []
  const enter = (_room: string, _actor: unknown, maker: string | null) => {
    makers.push(maker)
    return later(() => ({ room: lobby, participant: null }))
  }
  const rooms = { enter } as unknown as Rooms
  let ids = 0
  const attendance = createAttendance({
    hub,
    rooms,
    log,
    clock: new ManualClock(),
    random: { id: () => String(ids++), integer: () => 0 },
    replayLimit: 1000,
    replayBytes: 1_000_000,
    roomsPerConnection: 128,
    draining: () => false,
    publish: (event, except) => hub.publish(event, except),
  })

  function commit(targets?: string[]): void {
    const seq = events.length + 1
    const body = { kind: 'data.emitted', payload: '1', by: 'x' } as const
    const event = { id: `evt_${seq}`, room: 'lobby', seq, at: 0, body, ...(targets && { targets }) }
    events.push(event)
    hub.publish(event)
  }

  function attend(memberId: string, since?: number, maker: string | null = memberId) {
    const connection = new FakeConnection(memberId)
    const endings: string[] = []
    let welcome: Welcome | undefined
    const request: AttendRequest = {
      room: 'lobby',
      connection,
      actor: { userId: null, name: memberId, admin: false },
      memberId,
      maker,
      presence: '{}',
      speech,
      acknowledges: true,
      listens: true,
      ...(since !== undefined && { since: { epoch: 'e', seq: since } }),
      greet: (it) => {
        welcome = it
        connection.send('hello')
      },
      ended: (ending) => endings.push(ending),
    }
    const attendee = attendance.attend(request)
    return { connection, endings, attendee, welcome: () => welcome }
  }

  /** Lets one waiting read come back, and what depends on it run. */
  async function answerOne(): Promise<void> {
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }

  async function answerAll(): Promise<void> {
    while (waiting.length > 0) await answerOne()
  }

  return { hub, attendance, makers, commit, attend, answerOne, answerAll }
}

const numbers = (sent: readonly unknown[]): number[] => sent.map(Number).filter((n) => !Number.isNaN(n))

test('whenever reads come back, a resume is told each missed event once, in order, and then the live ones', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant('commit' as const) },
    { weight: 2, arbitrary: fc.constant('answer' as const) },
    { weight: 1, arbitrary: fc.record({ resumeFrom: fc.nat(20) }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { commit, attend, answerOne, answerAll } = scene()
      const resumed: { since: number; stay: ReturnType<typeof attend> }[] = []
      let committed = 0
      for (const step of steps) {
        if (step === 'commit') {
          commit()
          committed += 1
        } else if (step === 'answer') {
          await answerOne()
        } else {
          const since = Math.min(step.resumeFrom, committed)
          resumed.push({ since, stay: attend(`m${resumed.length}`, since) })
        }
      }
      await answerAll()
      commit()
      committed += 1
      for (const { since, stay } of resumed) {
        const expected = Array.from({ length: committed - since }, (_, i) => since + 1 + i)
        assert.deepEqual(numbers(stay.connection.sent), expected)
        assert.equal(stay.connection.sent.indexOf('hello'), 0)
        assert.equal(stay.welcome()?.recovered, true)
      }
    }),
    { numRuns: 300 },
  )
})

test('a newcomer is greeted with the others who are there, and they are told once', async () => {
  const { attend, answerAll } = scene()
  const a = attend('a')
  await answerAll()
  const b = attend('b')
  const again = attend('b')
  await answerAll()
  assert.deepEqual(a.connection.sent, ['hello', 'presence.joined b'])
  assert.deepEqual(
    b.welcome()?.members.map(({ id }) => id),
    ['a'],
  )
  ;(await b.attendee).leave()
  assert.equal(a.connection.sent.length, 2)
  ;(await again.attendee).leave()
  ;(await again.attendee).leave()
  assert.deepEqual(a.connection.sent.slice(2), ['presence.left b'])
})

test('targeted events reach their targets only, live and in replay', async () => {
  const { attend, commit, answerAll } = scene()
  const a = attend('a')
  const b = attend('b')
  await answerAll()
  commit(['a'])
  commit()
  const [aBack, bBack] = [attend('a', 0), attend('b', 0)]
  await answerAll()
  assert.deepEqual(numbers(a.connection.sent), [1, 2])
  assert.deepEqual(numbers(b.connection.sent), [2])
  assert.deepEqual(numbers(aBack.connection.sent), [1, 2])
  assert.deepEqual(numbers(bBack.connection.sent), [2])
})

test('a kick that comes while someone is still entering ends their stay before it begins', async () => {
  const { hub, attend, commit, answerOne, answerAll } = scene()
  const a = attend('a')
  await answerOne()
  const body = { kind: 'participant.kicked', userId: 'a' } as const
  hub.publish({ id: 'evt_k', room: 'lobby', seq: 1, at: 0, body })
  await answerAll()
  commit()
  assert.deepEqual(a.endings, ['kicked'])
  assert.deepEqual(a.connection.sent, [])
  assert.equal(hub.roomCount, 0)
})

test('one whose connection closed while entering leaves no trace', async () => {
  const { hub, attendance, attend, answerAll } = scene()
  const a = attend('a')
  a.connection.open = false
  await answerAll()
  ;(await a.attendee).update('{"late":true}')
  assert.deepEqual(a.connection.sent, [])
  assert.equal(hub.roomCount, 0)
  assert.deepEqual(attendance.members('lobby'), [])
})

test('typing is told to everyone but the one who types, on any of their connections', async () => {
  const { attend, answerAll } = scene()
  const [a, b, aToo] = [attend('a'), attend('b'), attend('a')]
  await answerAll()
  ;(await a.attendee).typing()
  assert.equal(b.connection.sent.at(-1), 'typing a')
  assert.ok(!a.connection.sent.includes('typing a'))
  assert.ok(!aToo.connection.sent.includes('typing a'))
})

test('an author hears their own event as they asked to, the others as everyone', async () => {
  const { attend, commit, answerAll } = scene()
  const [a, b] = [attend('a'), attend('b')]
  await answerAll()
  const withNonce: Speech = { wire: 'websocket', encode: (event) => `${event.seq} nonce` }
  ;(await a.attendee).hearOwn('evt_1', withNonce)
  commit()
  commit()
  assert.deepEqual(a.connection.sent.slice(-2), ['1 nonce', '2'])
  assert.deepEqual(numbers(b.connection.sent), [1, 2])
})

test('one who joins while a newcomer is still entering is in its greeting, and not announced to it as well', async () => {
  const { attend, answerOne, answerAll } = scene()
  const a = attend('a')
  for (let i = 0; i < 2; i++) await answerOne()
  const b = attend('b')
  await answerAll()
  const inGreeting = (stay: typeof a) => stay.welcome()?.members.map(({ id }) => id) ?? []
  const announced = (stay: typeof a) =>
    stay.connection.sent.filter((frame) => String(frame).startsWith('presence'))
  for (const [stay, other] of [
    [a, 'b'],
    [b, 'a'],
  ] as const) {
    assert.equal(inGreeting(stay).filter((id) => id === other).length + announced(stay).length, 1)
  }
})

test('a room that was closed between the handshake and the attendance comes back only where use makes rooms', async () => {
  const { attend, answerAll, makers } = scene()
  attend('guest')
  attend('member', undefined, null)
  await answerAll()
  assert.deepEqual(makers, ['guest', null])
})
