import assert from 'node:assert/strict'
import { http, type Target, tokenFor } from '../../harness.ts'
import { room } from './follower.ts'

/** No limit that a test of faults would run into before the fault. */
export const unlimited = {
  rooms: { messagesPerSecond: 0, joinsPerSecond: 0 },
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
  for (const user of users) {
    const { status, text } = await http(target, 'POST', `/api/rooms/${room}/participants`, {
      json: { name: user },
      bearer: tokenFor(user, { name: user }),
    })
    assert.equal(status, 201, text)
  }
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

/** Every message of the room that its log has, oldest first. */
export async function contentsOf(target: Target): Promise<string[]> {
  const contents: string[] = []
  for await (const { kind, message } of eventsOf(target)) {
    if (kind === 'message.created') contents.push(message!.content)
  }
  return contents
}

interface LoggedEvent {
  readonly seq: number
  readonly kind: string
  readonly message?: { readonly content: string }
  readonly userId?: string
}

/** The room's log through the REST API, page by page. */
export async function* eventsOf(target: Target): AsyncGenerator<LoggedEvent> {
  for (let from = '', more = true; more; ) {
    const { status, body, text } = await http(target, 'GET', `/api/rooms/${room}/events?limit=100${from}`, {
      bearer: tokenFor('reader'),
    })
    assert.equal(status, 200, text)
    yield* body.events
    more = body.more
    from = `&since=${body.position.seq}&epoch=${encodeURIComponent(body.position.epoch)}`
  }
}
