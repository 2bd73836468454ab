import type { WebSocket } from 'ws'

/**
 * The one place that knows more of `ws` 8.23 than it documents. Besides what is here, the transport relies on this: with
 * compression off, `ws` writes each frame to the socket whole and at once, so that frames of our own written to the same socket
 * stand between its frames (pings, the close), never inside one. `ws-internals.test.ts` holds both against the library.
 */
interface Internals {
  readonly _receiver: {
    /** 0 between frames (`GET_INFO`). */
    readonly _state: number
    /** The opcode of the message whose fragments are coming in; 0 between messages. */
    readonly _fragmented: number
    readonly _bufferedBytes: number
    /** The most bytes a message may say it has. */
    _maxPayload: number
  }
}

/** Whether a part of a message or a frame has come in, and the rest of it not. */
export function isMidMessage(ws: WebSocket): boolean {
  const { _receiver: receiver } = ws as unknown as Internals
  return receiver._state !== 0 || receiver._fragmented !== 0 || receiver._bufferedBytes > 0
}

/** From the next frame on; `ws` itself knows a limit per server only. */
export function limitMessages(ws: WebSocket, bytes: number): void {
  ;(ws as unknown as Internals)._receiver._maxPayload = bytes
}

/** Whether `ws` closes by itself because a message says it is too large: it gives no reason then, and passes on one that a client gave. */
export function isTooLarge(code: number | undefined, reason: unknown): boolean {
  return code === 1009 && reason === undefined
}
