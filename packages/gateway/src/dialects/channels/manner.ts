import type { Stamped, Wire } from '../../ports/connection.ts'
import type { Speech } from '../../ports/core.ts'
import { frameOf } from './events.ts'
import { eventStreamText, type Frame, webSocketText } from './frame.ts'

/** How listeners of one kind of connection are spoken to. Those who share it share every encoding. */
export interface Manner {
  readonly speech: Speech
  readonly acknowledges: boolean
  say(frame: Frame): Stamped
}

export const overWebSocket: Manner = manner('websocket', true, webSocketText)

export const overEventStream: Manner = manner('raw', false, eventStreamText)

function manner(wire: Wire, acknowledges: boolean, say: (frame: Frame) => Stamped): Manner {
  const speech: Speech = {
    wire,
    encode(event) {
      const frame = frameOf(event)
      return frame === null ? null : say(frame)
    },
  }
  return { speech, acknowledges, say }
}
