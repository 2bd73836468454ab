import type { JsonText } from '../../model/event.ts'
import { compactJson, jsonMembers } from '../../model/json.ts'
import { Problem } from '../../model/problem.ts'
import type { ErrorSaying } from './errors.ts'

/** What a client's frame asks for, or what is wrong with it. */
export type Command =
  | { readonly kind: 'ack'; readonly eventId: string }
  | { readonly kind: 'pong' }
  | { readonly kind: 'presence'; readonly presence: JsonText }
  | { readonly kind: 'wrong'; readonly error: ErrorSaying }

/** Reads a frame from a client: `{ "type": "ACK" | "PONG" | "PRESENCE", "payload": … }`. Never throws. `maxPresence` in bytes. */
export function readCommand(data: Buffer, binary: boolean, maxPresence: number, jsonDepth: number): Command {
  if (binary) return wrong('INVALID_MESSAGE', 'Send JSON in a text frame, not a binary one.')
  let message: ReturnType<typeof compactJson>
  try {
    message = compactJson(data.toString(), jsonDepth)
  } catch (error) {
    return wrong('INVALID_JSON', error instanceof Problem ? error.message : 'The frame is not JSON.')
  }
  const { text, value } = message
  if (!isObject(value)) return wrong('INVALID_MESSAGE', 'A frame is a JSON object with "type" and "payload".')
  const { type, payload } = value
  if (typeof type !== 'string') return wrong('INVALID_MESSAGE', 'A frame needs a "type", which is a string.')
  switch (type.toUpperCase()) {
    case 'PONG':
      return { kind: 'pong' }
    case 'ACK':
      return readAck(payload)
    case 'PRESENCE':
      return readPresence(jsonMembers(text).get('payload') ?? 'null', maxPresence)
    default:
      return wrong(
        'UNKNOWN_TYPE',
        `A client sends ACK, PONG or PRESENCE, not ${JSON.stringify(type.slice(0, 40))}.`,
      )
  }
}

function readAck(payload: unknown): Command {
  if (!isObject(payload) || typeof payload.eventID !== 'string') {
    return wrong('INVALID_MESSAGE', 'The payload of ACK is { "eventID": "<id of the event acknowledged>" }.')
  }
  return { kind: 'ack', eventId: payload.eventID }
}

function readPresence(presence: JsonText, maxPresence: number): Command {
  const problem = presenceProblem(presence, maxPresence)
  return problem === null ? { kind: 'presence', presence } : wrong('INVALID_MESSAGE', problem)
}

/** What is wrong with compact JSON as presence data, or null. */
export function presenceProblem(presence: JsonText, maxPresence: number): string | null {
  if (!presence.startsWith('{')) return 'Presence data is a JSON object.'
  if (Buffer.byteLength(presence) > maxPresence)
    return `Presence data is at most ${maxPresence} bytes of JSON.`
  return null
}

function wrong(code: string, message: string): Command {
  return { kind: 'wrong', error: { code, message } }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
