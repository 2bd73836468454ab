import { isTooDeep } from '../../model/json-depth.ts'
import { type Closing, malformed, notYours } from './closings.ts'
import { packets, serverOnly } from './packets.ts'

/** What a client says, or why it is closed for saying it. */
export type Decoded = 'heartbeat' | 'heartbeat_ack' | Closing

/** Reads a packet from a client. What its `d` holds is not looked at. Never throws. */
export function decode(text: string, jsonDepth: number): Decoded {
  if (isTooDeep(text, jsonDepth)) return malformed(`The packet is nested deeper than ${jsonDepth} levels.`)
  const packet = parse(text)
  if (packet === undefined) return malformed('The packet is not JSON.')
  if (typeof packet !== 'object' || packet === null || Array.isArray(packet))
    return malformed('A packet is an object { e, d }.')
  const { e } = packet as { e?: unknown }
  if (!Number.isInteger(e)) return malformed('"e" must be an integer.')
  if (e === packets.heartbeat) return 'heartbeat'
  if (e === packets.heartbeatAck) return 'heartbeat_ack'
  const instead = serverOnly.get(e as number)
  if (instead !== undefined) return notYours(instead)
  return malformed(`There is no event ${e}; a client sends 1 and 2.`)
}

/** Undefined for what is not JSON: no JSON text means that. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
