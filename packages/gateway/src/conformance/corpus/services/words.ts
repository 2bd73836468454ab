import { each, integer, like, open, optional, type Pattern, sentence } from '../../pattern.ts'
import type { Need, Step } from '../../scenario.ts'
import { closed, connect, eventually, expect, request, send } from '../../steps.ts'

/** The words of `services` that its scenarios share. */

export const needsSecret: readonly Need[] = ['secret']

export const hello = { op: 3, d: { heartbeatInterval: integer('interval', 1) } }
export const acknowledged = { op: 4, d: {} }

export function identity(type: string, more: object = {}): object {
  return { op: 0, d: { type, compress: false, secret: '{{secret}}', ...more } }
}

export function identified(more: { readonly [field: string]: Pattern } = {}): Pattern {
  return { op: 2, t: 'IDENTIFIED', d: { session: like('.', 'session'), ...more } }
}

/** What a sharder may be told at any time: its shards, none while all are taken. */
export const shardsTold = identified({
  shards: each(integer(undefined, 0)),
  resumed: optional({ $: 'boolean' }),
})

export function arrive(as: string, silent = false): Step[] {
  return [connect(as, '/ws/v1', { silent }), expect(as, hello)]
}

/** A service that has identified, as the protocol's document has it: IDENTIFIED may say more. */
export function serve(as: string, type: string): Step[] {
  return [...arrive(as), send(as, identity(type)), expect(as, { op: 2, t: 'IDENTIFIED', d: open({}) })]
}

export function heartbeat(from: string, d: object = { heapUsed: 102_292_113 }): Step {
  return send(from, { op: 1, d })
}

export function beats(as: string, d?: object): Step[] {
  return [heartbeat(as, d), expect(as, acknowledged)]
}

export function cache(from: string, d: unknown): Step {
  return send(from, { op: 5, d })
}

const authorized = { headers: { authorization: '{{secret}}' } }

export function get(path: string, status: number, json?: Pattern): Step {
  return request('GET', path, authorized, status, json)
}

/** What was sent over a WebSocket has been kept once it is there. */
export function kept(path: string, json: Pattern): Step {
  return eventually('GET', path, authorized, 200, json)
}

export function remove(path: string, status: number, json?: Pattern): Step {
  return request('DELETE', path, authorized, status, json)
}

export const refusal = { error: sentence }

export function closedFor(frame: object, code: Pattern, from = 'ann'): Step[] {
  return [send(from, frame), closed(from, code)]
}

export const guild = 'guild-{{run}}'
export const guildPath = `/v1/discord/guilds/${guild}`

export const command = {
  command: 'ban',
  raw: 'minemidnight#0001 spamming -t 5h',
  ids: {
    message: '479455578708639755',
    author: '155112606661607425',
    channel: '254770965018443776',
    guild: '254768930223161344',
    shard: 1,
  },
}
