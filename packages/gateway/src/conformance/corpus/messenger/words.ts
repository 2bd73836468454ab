import { integer, like, open, type Pattern, sentence } from '../../pattern.ts'
import type { Need, Step } from '../../scenario.ts'
import { bearer, connect, expect, send } from '../../steps.ts'

/** The words of `messenger` that its scenarios share. */

export const needsTokens: readonly Need[] = ['tokens']

/** Seconds since 1970: an integer that is no number of milliseconds. */
export const seconds = integer(undefined, 1_500_000_000, 99_999_999_999)

export function arrive(as: string, user = as): Step {
  return connect(as, '/messenger', { headers: bearer(`{{token:${user}}}`) })
}

export function ask(from: string, id: string, payloadType: string, payload?: unknown): Step {
  const frame = { type: 'request', timestamp: 1_700_000_000, id, payloadType }
  return send(from, payload === undefined ? frame : { ...frame, payload })
}

export function response(id: Pattern, payload?: Pattern): Pattern {
  return { type: 'response', timestamp: seconds, id, ...(payload !== undefined && { payload }) }
}

export function error(id: Pattern, code: string, more: { readonly [field: string]: Pattern } = {}): Pattern {
  return { type: 'response', timestamp: seconds, id, error: { code, message: sentence, ...more } }
}

/** A request, and what answers it. */
export function does(
  from: string,
  id: string,
  payloadType: string,
  payload: unknown,
  answer?: Pattern,
): Step[] {
  return [ask(from, id, payloadType, payload), expect(from, response(id, answer))]
}

export function fails(
  from: string,
  id: string,
  payloadType: string,
  payload: unknown,
  code: string,
  more: { readonly [field: string]: Pattern } = {},
): Step[] {
  return [ask(from, id, payloadType, payload), expect(from, error(id, code, more))]
}

export function event(eventType: string, payload: Pattern, id?: Pattern): Pattern {
  return { type: 'event', timestamp: seconds, ...(id !== undefined && { id }), eventType, payload }
}

/** What answers `subscribe`. The epoch is known as `epoch` from then on. */
export function standing(lastEventId: number): Pattern {
  return { lastEventId, epoch: like('.', 'epoch') }
}

/** Connected and subscribed, with nothing to catch up on. */
export function subscribed(as: string, user = as): Step[] {
  return [arrive(as, user), ...does(as, `${as}-subscribe`, 'subscribe', {}, open({}))]
}

/** Connected, unless they were here already: nobody can write to someone who has never been. */
export const annAndBob: Step[] = [...subscribed('ann'), ...subscribed('bob')]

/** The first message from one to the other, which makes them share a chat; both are subscribed and online. */
export function greet(from: string, to: string): Step[] {
  return [
    ...does(from, `${from}-greets`, 'new', { chatId: `{{user:${to}}}`, message: 'hello' }, { messageId: 1 }),
    expect(to, event('new', newPayload(from, 1, 'hello'), 1)),
  ]
}

/** What the other hears of a message in a dialog. */
export function newPayload(from: string, messageId: Pattern, message: string): { [field: string]: Pattern } {
  return { chatId: `{{user:${from}}}`, userId: `{{user:${from}}}`, messageId, message }
}

export const image = {
  type: 'image',
  id: 'image-1',
  filename: 'cat.png',
  url: 'https://files.example.com/cat.png',
  meta: { mimetype: 'image/png', width: 640, height: 480, size: 12_345 },
}
