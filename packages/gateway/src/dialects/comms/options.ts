export interface CommsOptions {
  /** How often a client is to send a heartbeat, in milliseconds. */
  readonly heartbeatInterval: number
  /** How much longer than that it may be silent, in milliseconds. */
  readonly grace: number
  /** How long it may take to present itself, in milliseconds. */
  readonly identifyTimeout: number
  /** The channel a client is placed in, and moved to when it loses its own. */
  readonly defaultChannel: string
  /** The largest inbound message, in bytes. */
  readonly maxPayload: number
  /** `required`: message contents are encrypted for each client. Not end to end: the gateway reads them. */
  readonly encryption: 'off' | 'required'
}

export const defaultCommsOptions: CommsOptions = {
  heartbeatInterval: 20_000,
  grace: 10_000,
  identifyTimeout: 10_000,
  defaultChannel: 'lobby',
  maxPayload: 4096,
  encryption: 'off',
}
