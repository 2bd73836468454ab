import { boolean, integer, like, open, optional, type Pattern, sentence, string } from '../../pattern.ts'
import type { Step } from '../../scenario.ts'
import { begin, connect, expect, request, send } from '../../steps.ts'

/** The words of `channels` that its scenarios share. */

export const listening = '/conform-{{run}}/listen'
export const emitting = '/conform-{{run}}/emit'
export const history = '/conform-{{run}}/history'

export const eventId = like('^evt_')

/** A frame as the protocol's document has it: "at least" these properties. */
export function frame(type: string, payload: Pattern, clientID: Pattern, id: Pattern = eventId): Pattern {
  return open({ type, payload, eventID: id, clientID, latency: integer(undefined, 0) })
}

/** A frame with the five properties that all have, and no other. */
export function exactly(type: string, payload: Pattern, clientID: Pattern, id: Pattern = eventId): Pattern {
  return {
    type,
    payload,
    eventID: id,
    clientID,
    latency: integer(undefined, 0),
  }
}

/** The payload of CONNECTED, with what Parlance adds. */
export function greeting(members: Pattern, more: { readonly [field: string]: Pattern } = {}): Pattern {
  return { members, resumeToken: string(), ...more }
}

export function error(
  code: string,
  clientID: Pattern,
  more: { readonly [field: string]: Pattern } = {},
): Pattern {
  return exactly('ERROR', { message: sentence, code, ...more }, clientID)
}

/** A listener that has been greeted; its id is captured under its name. */
export function listen(as: string, query: Readonly<Record<string, string>> = {}, path = listening): Step[] {
  return [connect(as, path, { query }), expect(as, frame('CONNECTED', open({}), like('^client_', as)))]
}

/** The others hear of it. */
export function joins(by: string, who: string, presence: Pattern = {}): Step {
  return expect(by, frame('PRESENCE:JOINED', open({ clientID: `{{${who}}}`, presence }), `{{${by}}}`))
}

/** Two listeners, who know of each other. */
export const annAndBob: Step[] = [...listen('ann'), ...listen('bob'), joins('ann', 'bob')]

export function data(by: string, payload: Pattern, id: Pattern = eventId): Step {
  return expect(by, exactly('DATA', payload, `{{${by}}}`, id))
}

export function emitted(clients: Pattern, more: { readonly [field: string]: Pattern } = {}): Pattern {
  return { success: true, eventID: eventId, clients, ...more }
}

export function failed(code: string): Pattern {
  return open({ success: false, error: sentence, code })
}

export function emit(payload: unknown, query: Readonly<Record<string, string>> = {}): Step {
  return request('POST', emitting, { json: payload, query }, 200)
}

/** Emits something that must be acknowledged, and goes on. */
export function emitForAck(payload: unknown, query: Readonly<Record<string, string>> = {}): Step {
  return begin('emit', 'POST', emitting, { json: payload, query: { 'require-ack': 'true', ...query } })
}

/** A DATA that asks to be acknowledged, captured as `event`. */
export function asked(by: string, payload: Pattern): Step {
  return expect(
    by,
    open({
      type: 'DATA',
      payload,
      requires_ack: true,
      eventID: like('^evt_', 'event'),
      clientID: `{{${by}}}`,
      latency: integer(undefined, 0),
    }),
  )
}

export function acknowledge(from: string, id = '{{event}}'): Step {
  return send(from, { type: 'ACK', payload: { eventID: id } })
}

export const resumed = { recovered: boolean(), resumed: optional(boolean()) }
