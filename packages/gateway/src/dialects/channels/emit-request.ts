import { isUtf8 } from 'node:buffer'
import type { JsonText } from '../../model/event.ts'
import { compactJson } from '../../model/json.ts'
import { Problem } from '../../model/problem.ts'
import type { Selection } from '../../ports/core.ts'
import { credentialParameters } from './caller.ts'

const notPayload: ReadonlySet<string> = new Set(['clients', 'require-ack', ...credentialParameters])

/** `clients`: how many, or the ids of whom; repeated ones add up. Null, for everyone, when it is not given. */
export function selectionOf(query: URLSearchParams): Selection {
  if (!query.has('clients')) return null
  const text = query.getAll('clients').join(',')
  if (/^-?[0-9]+$/.test(text)) {
    const random = Number(text)
    if (random >= 1) return { random }
    throw new Problem('invalid_request', `"clients" must be at least 1, got ${text.slice(0, 40)}.`)
  }
  const ids = text.split(',')
  if (ids.every((id) => /^[\w-]{1,100}$/.test(id))) return { ids }
  throw new Problem(
    'invalid_request',
    `"clients" must be a whole number or ids separated by commas, got ${JSON.stringify(text.slice(0, 40))}.`,
  )
}

/** `require-ack`: whether the reply waits for everyone's acknowledgement. */
export function requireAckOf(query: URLSearchParams): boolean {
  const text = query.get('require-ack') ?? 'false'
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw new Problem(
    'invalid_request',
    `"require-ack" must be true, 1, false or 0, got ${JSON.stringify(text.slice(0, 40))}.`,
  )
}

/** The body of a POST: any JSON value, verbatim. */
export function payloadOfBody(raw: Buffer, jsonDepth: number): JsonText {
  if (raw.length === 0) {
    throw new Problem('invalid_request', 'There is no payload: send any JSON value as the body.')
  }
  if (!isUtf8(raw)) throw new Problem('invalid_json', 'The body is not UTF-8, and so not JSON.')
  return compactJson(raw.toString(), jsonDepth).text
}

/** The payload of a GET: an object of its query parameters, as strings; those repeated as arrays of strings. */
export function payloadOfQuery(query: URLSearchParams): JsonText {
  const names = new Set([...query.keys()].filter((name) => !notPayload.has(name)))
  if (names.size === 0) {
    throw new Problem('invalid_request', 'There is no payload: add query parameters, such as ?hello=world.')
  }
  const members = [...names].map((name) => {
    const values = query.getAll(name)
    return `${JSON.stringify(name)}:${JSON.stringify(values.length > 1 ? values : values[0])}`
  })
  return `{${members.join(',')}}`
}
