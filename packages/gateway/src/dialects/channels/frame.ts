import type { JsonText } from '../../model/event.ts'
import type { Stamped } from '../../ports/connection.ts'
import type { ErrorSaying } from './errors.ts'

export type FrameType =
  | 'DATA'
  | 'PING'
  | 'CONNECTED'
  | 'PRESENCE:JOINED'
  | 'PRESENCE:LEFT'
  | 'PRESENCE:UPDATED'
  | 'ERROR'

/** A message from the server, but for what is its recipient's own: the `clientID` and the `latency`. */
export interface Frame {
  readonly type: FrameType
  readonly payload: JsonText
  readonly eventId: string
  readonly requiresAck: boolean
  /** A listener can resume from its `eventID`. */
  readonly resumable: boolean
}

/** A frame as it goes over a WebSocket: compact JSON, with the recipient's stamp at the end. */
export function webSocketText({ type, payload, eventId, requiresAck }: Frame): Stamped {
  const ack = requiresAck ? '"requires_ack":true,' : ''
  return {
    head: `{"type":"${type}","payload":${payload},${ack}"eventID":"${eventId}","clientID":`,
    tail: '}',
  }
}

/**
 * A frame as a server-sent event (HTML, §9.2.6). Only what one can resume from bears an `id`, so that a browser's
 * `Last-Event-ID` always does. Nobody acknowledges here, and so nobody is asked to.
 */
export function eventStreamText(frame: Frame): Stamped {
  const { head, tail } = webSocketText({ ...frame, requiresAck: false })
  const id = frame.resumable ? `id: ${frame.eventId}\n` : ''
  return { head: `event: ${frame.type}\n${id}data: ${head}`, tail: `${tail}\n\n` }
}

/** What stands between head and tail: the recipient's id (null before it has one) and its latency in milliseconds. */
export function stampOf(clientId: string | null, latency: number): string {
  return `${JSON.stringify(clientId)},"latency":${latency}`
}

export function errorFrame({ code, message, retryAfter }: ErrorSaying, eventId: string): Frame {
  return passing('ERROR', JSON.stringify({ message, code, retryAfter }), eventId)
}

/** A frame that is not kept and asks for no acknowledgement. */
export function passing(type: FrameType, payload: JsonText, eventId: string): Frame {
  return { type, payload, eventId, requiresAck: false, resumable: false }
}
