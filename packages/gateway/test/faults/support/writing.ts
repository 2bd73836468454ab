import assert from 'node:assert/strict'
import type { Position } from '../../../src/model/position.ts'
import { type HttpAnswer, http, type Target, tokenFor } from '../../harness.ts'
import { servicesSecret } from '../../support/service-gateway.ts'
import { room, said } from './follower.ts'

export const hour = 3_600_000

/** No limit that a test of faults would run into before the fault; nor does a busy machine make anyone seem to be gone. */
export const unlimited = {
  servicesSecret,
  rooms: { messagesPerSecond: 0, joinsPerSecond: 0, heartbeatInterval: hour },
  comms: { heartbeatInterval: hour },
  channels: { pingInterval: hour },
  messenger: { pingInterval: hour },
  services: { heartbeatInterval: hour },
  limits: {
    framesPerSecond: 100_000,
    frameBurst: 100_000,
  },
  sessions: { replayLimit: 100_000 },
  retention: { public: { events: 0 } },
} as const

/** Makes the room, with these users as its participants, so that their inboxes have it too. */
export async function makeRoom(target: Target, users: readonly string[]): Promise<void> {
  await emit(target, 'the room is made')
  for (const user of users) await joinRoom(target, user)
}

/** Makes a user a participant of the room, who may be one already. */
export async function joinRoom(target: Target, user: string): Promise<void> {
  const { status, text } = await http(target, 'POST', `/api/rooms/${room}/participants`, {
    json: { name: user },
    bearer: tokenFor(user, { name: user }),
  })
  assert.equal(status, 201, text)
}

/** Writes a message into the room. Rejects when it was not acknowledged. */
export async function emit(target: Target, content: string, key?: string): Promise<string> {
  const { status, body, text } = await http(target, 'POST', `/${room}/emit`, {
    json: { content },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  })
  if (status !== 200) throw new Error(`emit: ${status} ${text}`)
  return body.eventID
}

/** Every message of the room that its log has, oldest first; from that position on, or all. */
export async function contentsOf(target: Target, from?: Position): Promise<string[]> {
  const contents: string[] = []
  for await (const { kind, message } of eventsOf(target, from)) {
    if (kind === 'message.created') contents.push(message!.content)
  }
  return contents
}

/** Everything about messages that the log has, as `said` has it; a deletion by the number of the message. */
export async function storyOf(target: Target, from?: Position): Promise<string[]> {
  const story: string[] = []
  for await (const { kind, message } of eventsOf(target, from)) {
    if (kind === 'message.created') story.push(said.created(message!.content))
    if (kind === 'message.edited') story.push(said.edited(message!.content))
    if (kind === 'message.deleted') story.push(said.deleted(message!.number))
  }
  return story
}

/** Where the room's log stands. */
export async function headOf(target: Target): Promise<Position> {
  const { body } = await readLog(target, `since=${Number.MAX_SAFE_INTEGER}&epoch=none`)
  return body.error.position
}

interface LoggedEvent {
  readonly seq: number
  readonly kind: string
  readonly message?: { readonly id: number; readonly number: number; readonly content: string }
  readonly userId?: string
}

/** The room's log through the REST API, page by page. */
export async function* eventsOf(target: Target, from?: Position): AsyncGenerator<LoggedEvent> {
  let query = from === undefined ? '' : sinceOf(from)
  for (let more = true; more; ) {
    const { status, body, text } = await readLog(target, `limit=100&${query}`)
    assert.equal(status, 200, text)
    yield* body.events
    more = body.more
    query = sinceOf(body.position)
  }
}

const sinceOf = ({ seq, epoch }: Position) => `since=${seq}&epoch=${encodeURIComponent(epoch)}`

function readLog(target: Target, query: string): Promise<HttpAnswer> {
  return http(target, 'GET', `/api/rooms/${room}/events?${query}`, { bearer: tokenFor('reader') })
}
