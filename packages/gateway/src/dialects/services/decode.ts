import { isTooDeep } from '../../model/json-depth.ts'
import { type Closing, invalidJson, invalidPayload, notIdentified, unknownOpcode } from './closings.ts'
import { type ClientOpcode, isForClients, isOpcode, opcodes } from './opcodes.ts'

/** A frame from a client that is well formed; its data is still to be judged. */
export interface Frame {
  readonly op: ClientOpcode
  readonly d: Data
  readonly t: unknown
}

/** An object or an array, read from JSON. */
export type Data = Readonly<Record<string, unknown>>

export function isClosing<Value extends object>(value: Value | Closing): value is Closing {
  return 'code' in value && 'reason' in value
}

/** Reads a frame, or says why its sender is closed for it, in the order in which the protocol looks. Never throws. */
export function decode(text: string, identified: boolean, jsonDepth: number): Frame | Closing {
  if (isTooDeep(text, jsonDepth)) return invalidJson(`The message is nested deeper than ${jsonDepth} levels.`)
  const frame = parse(text)
  if (frame === undefined) return invalidJson('The message is not JSON.')
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame))
    return invalidPayload('A message is an object { op, d, t }.')
  const { op, d, t } = frame as { op?: unknown; d?: unknown; t?: unknown }
  if (typeof op !== 'number' || !Number.isInteger(op)) return invalidPayload('op must be an integer.')
  if (!identified && op !== opcodes.identify && op !== opcodes.heartbeat)
    return notIdentified('Identify (0) before anything but heartbeats (1).')
  if (typeof d !== 'object' || d === null) return invalidPayload('d must be an object or an array.')
  if (!isOpcode(op)) return unknownOpcode(op)
  if (!isForClients(op)) return invalidPayload(`op ${op} is for the server to send.`)
  return { op, d: d as Data, t }
}

/** Undefined for what is not JSON: no JSON text means that. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
