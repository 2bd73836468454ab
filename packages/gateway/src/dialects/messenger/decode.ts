import { compactJson } from '../../model/json.ts'
import { asProblem, Problem } from '../../model/problem.ts'

/** What a client sent, its payload unchecked. */
export type Incoming =
  | { readonly kind: 'ping' }
  | { readonly kind: 'request'; readonly id: string; readonly name: string; readonly payload: unknown }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown }
  /** `id` is null where there is none that an answer could bear. */
  | { readonly kind: 'bad'; readonly id: string | null; readonly problem: Problem }

const longestId = 100

/** Client events, which some clients send as requests without an id. */
const eventNames: ReadonlySet<unknown> = new Set(['typing', 'offline'])

/** Reads a text frame. Never throws. */
export function decode(data: Buffer, jsonDepth: number): Incoming {
  if (data.length === 4 && data.toString('latin1') === 'ping') return { kind: 'ping' }
  try {
    return read(compactJson(data.toString(), jsonDepth).value)
  } catch (error) {
    return bad(null, asProblem(error))
  }
}

function read(value: unknown): Incoming {
  if (!isObject(value)) return refused(null, 'A frame is a JSON object.')
  const { type, payload } = value
  const id = usableId(value.id)
  if (type === 'event') {
    const name = value.eventType ?? value.payloadType
    if (typeof name !== 'string') return refused(null, '"eventType" is missing.')
    return { kind: 'event', name, payload }
  }
  if (type !== 'request') return refused(id, '"type" is "request" or "event".')
  const name = value.payloadType
  if (id === null) {
    if (value.id === undefined && eventNames.has(name))
      return { kind: 'event', name: name as string, payload }
    return refused(null, `"id" is a string of 1 to ${longestId} characters.`)
  }
  if (typeof name !== 'string') return refused(id, '"payloadType" is missing.')
  return { kind: 'request', id, name, payload }
}

function usableId(id: unknown): string | null {
  return typeof id === 'string' && id !== '' && id.length <= longestId ? id : null
}

function refused(id: string | null, says: string): Incoming {
  return bad(id, new Problem('invalid_request', says))
}

function bad(id: string | null, problem: Problem): Incoming {
  return { kind: 'bad', id, problem }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
