import { parseExactly } from '../../model/exact-json.ts'
import { isTooDeep } from '../../model/json-depth.ts'

/** A frame from a client: its function code, and what came with it, unchecked. */
export interface Command {
  readonly f: number
  readonly cnf: Readonly<Record<string, unknown>>
  /** The client's own number of an execute, which an error gives back. */
  readonly s?: number
  /** The event of an execute; `t` wins over `e`. */
  readonly t?: string
}

/** Reads a frame. Null for anything that is not a JSON object with an integer `f`, or nested too deep. Never throws. */
export function decode(data: Buffer, jsonDepth: number): Command | null {
  const value = parse(data.toString(), jsonDepth)
  if (!isObject(value)) return null
  const { f, cnf, s, t, e } = value
  if (!Number.isInteger(f)) return null
  const event = typeof t === 'string' ? t : e
  return {
    f: f as number,
    cnf: isObject(cnf) ? cnf : {},
    ...(Number.isSafeInteger(s) && { s: s as number }),
    ...(typeof event === 'string' && { t: event }),
  }
}

function parse(text: string, jsonDepth: number): unknown {
  try {
    return isTooDeep(text, jsonDepth) ? null : parseExactly(text)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
