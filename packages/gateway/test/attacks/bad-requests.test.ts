import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type HttpAnswer, http, tokenFor } from '../harness.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { TestRoom } from '../support/test-room.ts'
import { unhurried } from './support/bombard.ts'
import { type HostileFrame, hostileFrames } from './support/hostile.ts'
import { times } from './support/scale.ts'
import { Victim } from './support/victim.ts'

const bodies = hostileFrames({
  proper: [
    { hello: 'world' },
    {
      name: 'A room',
      adminPassword: 'pw',
      maxParticipants: 5,
      participant: { name: 'Ada', avatarUrl: 'https://x.example/a' },
    },
    { name: 'Ada', adminPassword: 'pw', avatarUrl: 'https://x.example/a' },
    { content: 'hello', sentAt: 1 },
    { lockRoom: true, lockChat: false, discordWebhookLink: 'https://discord.com/api/webhooks/1/x' },
    { banned: true, admin: false },
  ].map((frame) => ({ frame })),
  names: ['name', 'content', 'sentAt', 'adminPassword', 'participant', 'maxParticipants', 'banned', 'admin'],
  values: ['lobby', 'Ada', 0, 1, 100, true, false, 'https://discord.com/api/webhooks/1/x'],
})

/** Path segments as they stand in a URL. */
const segments = fc.oneof(
  fc.constantFrom(
    'lobby',
    '__proto__',
    'constructor',
    '%00',
    '%ff',
    '%',
    '%2e%2e%2f',
    '..%5c',
    '%f0%9f%92%a9',
  ),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).map(encodeURIComponent),
  fc.constant('x'.repeat(300)),
)
const queries = fc.oneof(
  fc.constant(''),
  fc
    .tuple(
      fc.constantFrom(
        'limit',
        'after',
        'before',
        'since',
        'epoch',
        'from',
        'clients',
        'require-ack',
        '__proto__',
        '%',
      ),
      fc.oneof(
        fc.constantFrom('-1', '1.5', '1e9', '9007199254740993', 'NaN', '', '%', '%00', '[]', 'true'),
        fc.string({ maxLength: 6, unit: 'grapheme' }).map(encodeURIComponent),
      ),
    )
    .map(([name, value]) => `?${name}=${value}&${name}=${value}`),
)

interface Hostile {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly body: HostileFrame['data']
  readonly known: boolean
}

function hostileRequests(roomId: string): fc.Arbitrary<Hostile> {
  const room = fc.oneof(fc.constant(roomId), segments)
  const paths = fc.oneof(
    room.map((name) => `/${name}/emit`),
    room.map((name) => `/${name}/history`),
    fc.constant('/api/rooms'),
    room.map((id) => `/api/rooms/${id}`),
    fc
      .tuple(room, fc.constantFrom('participants', 'messages', 'events'))
      .map(([id, what]) => `/api/rooms/${id}/${what}`),
    fc
      .tuple(room, fc.constantFrom('participants', 'messages'), segments)
      .map(([id, what, which]) => `/api/rooms/${id}/${what}/${which}`),
    segments.map((id) => `/v1/discord/users/${id}`),
    fc.tuple(segments, segments).map(([guild, id]) => `/v1/discord/guilds/${guild}/members/${id}`),
    segments.map((segment) => `/${segment}`),
  )
  return fc.record({
    method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'),
    path: paths,
    query: queries,
    body: bodies.map(({ data }) => data),
    known: fc.boolean(),
  })
}

describe('requests that are not of the protocol', () => {
  it('are refused in the words of their route, and cost nobody but their sender', async (t) => {
    const victim = await Victim.start(t, { servicesSecret, ...unhurried })
    const room = await TestRoom.make(victim.gateway)
    const token = tokenFor('mallory')
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
    const count = times(200, 10_000)
    t.diagnostic(`${count} requests, SEED=${seed}`)
    const requests = fc.sample(hostileRequests(room.id), { seed, numRuns: count })
    await victim.forgets(async () => {
      for (const request of requests) {
        const { method, path, query, known, body } = request
        const authorization = path.startsWith('/v1/') ? servicesSecret : `Bearer ${token}`
        const answer = await http(victim.gateway, method, path + query, {
          ...(known && { headers: { authorization } }),
          ...(method !== 'GET' && { body }),
        })
        const says = `${method} ${path}${query}\n${body}\n${answer.status} ${answer.text}`
        assert.ok(isSound(answer), says)
        if (method === 'POST' && !isJson(body)) assert.ok(answer.status >= 400, says)
      }
    })
  })
})

/** Done, or a refusal in one of the three ways in which routes say one, and no mistake of ours. */
function isSound({ status, text, body }: HttpAnswer): boolean {
  if (status === 204) return text === ''
  if (status < 300) return body !== undefined
  if (status < 400 || status >= 500) return false
  const code = body?.success === false ? body.code : (body?.error?.code ?? body?.error)
  return typeof code === 'string'
}

function isJson(body: HostileFrame['data']): boolean {
  try {
    JSON.parse(String(body))
    return true
  } catch {
    return false
  }
}
