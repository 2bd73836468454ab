import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { http, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'
import { Problem, type ProblemCode, problems } from '../../model/problem.ts'
import { closeCodeOf, closeCodes, errorOf } from './errors.ts'

const page = readFileSync(new URL('../../../../../docs/protocols/messenger.md', import.meta.url), 'utf8')
const errors = page.slice(page.indexOf('## Errors'), page.indexOf('## For machines'))
const codes = Object.keys(problems) as ProblemCode[]

/** Problems of handshakes, of HTTP and of other protocols: no request of this protocol has them. */
const ofOthers: ReadonlySet<ProblemCode> = new Set([
  'invalid_position',
  'reserved_name',
  'unauthorized',
  'token_invalid',
  'token_expired',
  'unknown_participant',
  'wrong_password',
  'origin_not_allowed',
  'not_found',
  'unknown_bot',
  'no_listener',
  'method_not_allowed',
  'not_acknowledged',
  'name_taken',
  'room_exists',
  'payload_too_large',
  'upgrade_required',
  'slow_consumer',
])

test('the page names every error that a request can have, and no other', () => {
  const named = [...errors.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/[a-z_]+/g)])
    .map(([name]) => name)
  const said = codes.filter((code) => !ofOthers.has(code)).map((code) => errorOf(new Problem(code)).code)
  assert.deepEqual([...new Set(named)].sort(), [...new Set(said)].sort())
})

test('the page has every close code', () => {
  const numbers = new Set([...Object.values(closeCodes), ...codes.map(closeCodeOf)])
  for (const number of numbers) {
    // RFC 6455 has words of its own for these two.
    if (number !== 1008 && number !== 1011) assert.match(errors, new RegExp(`\\b${number}\\b`))
  }
})

const gateway = await startTestGateway()
after(() => gateway.dispose())

/** A group of two, its admin and another, and how the admin changes it. */
async function group(name: string) {
  const [admin, member] = await Promise.all(
    ['admin', 'member'].map((who) => MessengerClient.open(gateway, `${name}-${who}`)),
  )
  const { chatId } = await admin!.get('createGroup', { groupName: name, members: [`${name}-member`] })
  const change = async (settings: object) => {
    const headers = { authorization: `Bearer ${tokenFor(`${name}-admin`)}` }
    assert.equal(
      (await http(gateway, 'PATCH', `/api/rooms/${chatId}`, { json: settings, headers })).status,
      200,
    )
  }
  return { admin: admin!, member: member!, chatId: chatId as string, change }
}

test('who writes where the chat is locked is told chat_locked; an admin writes on', async () => {
  const { admin, member, chatId, change } = await group('quiet')
  await change({ chatLocked: true })
  assert.equal(await member.refused('new', { chatId, message: 'x' }), 'chat_locked')
  assert.deepEqual(await admin.get('new', { chatId, message: 'x' }), { messageId: 1 })
  await change({ chatLocked: false })
  assert.deepEqual(await member.get('new', { chatId, message: 'x' }), { messageId: 2 })
})

test('a member who invites into a locked room is told room_locked; into one without a place, room_full', async () => {
  const { admin, member, chatId, change } = await group('closed')
  await change({ roomLocked: true })
  assert.equal(await member.refused('invite', { chatId, userId: 'closed-other' }), 'room_locked')
  assert.equal(await admin.refused('invite', { chatId, userId: 'closed-other' }), undefined)
  await change({ roomLocked: false, maxParticipants: 3 })
  assert.equal(await member.refused('invite', { chatId, userId: 'closed-third' }), 'room_full')
})
