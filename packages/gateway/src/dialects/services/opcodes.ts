/** The `op` of a frame `{ op, d, t }`. */
export const opcodes = {
  identify: 0,
  heartbeat: 1,
  event: 2,
  hello: 3,
  heartbeatAck: 4,
  cache: 5,
} as const

/** What a client may send. */
export type ClientOpcode = 0 | 1 | 2 | 5

export function isOpcode(op: number): boolean {
  return Number.isInteger(op) && op >= opcodes.identify && op <= opcodes.cache
}

export function isForClients(op: number): op is ClientOpcode {
  return isOpcode(op) && op !== opcodes.hello && op !== opcodes.heartbeatAck
}
