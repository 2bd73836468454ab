import { integer, open, type Pattern, string } from '../../pattern.ts'
import type { Need, Step } from '../../scenario.ts'
import { bearer, connect, expect, request } from '../../steps.ts'

/** The words of `rooms` that its scenarios share. */

export const needsRoom: readonly Need[] = ['room']
export const needsRest: readonly Need[] = ['rest']

export function packet(e: number, d: Pattern = {}): Pattern {
  return { e, d }
}

/** The first packet. Whatever the interval is, it is known as `interval` from then on. */
export const hello = packet(0, { heartbeatInterval: integer('interval', 1) })

/** Someone who has been greeted, with the credential known under that name. */
export function enter(as: string, participantId: string, room = '{{room}}'): Step[] {
  return [connect(as, '/gateway', { query: { roomId: room, participantId } }), expect(as, hello)]
}

/** A room: `room` is its id, `adminId` and `admin` are the admin's public id and credential. */
export function makeRoom(settings: object = {}): Step {
  return request(
    'POST',
    '/api/rooms',
    { json: settings },
    201,
    open({
      roomId: string('room'),
      participant: open({ userId: string('adminId'), participantId: string('admin') }),
    }),
  )
}

/** Someone joins: `annId` and `ann` are their public id and credential. */
export function join(name: string): Step {
  return request('POST', '/api/rooms/{{room}}/participants', { json: { name } }, 201, {
    userId: string(`${name}Id`),
    participantId: string(name),
  })
}

/** A room with an admin and two others, and all of them connected. */
export const annAndBob: Step[] = [
  makeRoom(),
  join('ann'),
  join('bob'),
  ...enter('admin', '{{admin}}'),
  ...enter('ann', '{{ann}}'),
  ...enter('bob', '{{bob}}'),
]

export function all(frame: Pattern): Step[] {
  return ['admin', 'ann', 'bob'].map((by) => expect(by, frame))
}

/** A request below the room’s address. */
export function ask(
  who: string,
  method: string,
  path: string,
  status: number,
  json?: unknown,
  reply?: Pattern,
): Step {
  const asked = { headers: bearer(`{{${who}}}`), ...(json !== undefined && { json }) }
  return request(method, `/api/rooms/{{room}}${path}`, asked, status, reply)
}

export const say = (who: string, content: string): Step => ask(who, 'POST', '/messages', 201, { content })

export const change = (settings: object): Step => ask('admin', 'PATCH', '', 200, settings)

export function message(author: string, content: string): Pattern {
  return packet(3, { authorId: author, content, sentAt: integer(undefined, 1_500_000_000_000) })
}

export function refusal(code: string): Pattern {
  return { error: open({ code, message: string() }) }
}
