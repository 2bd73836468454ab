export interface ChannelsOptions {
  /** How often a client is asked whether it is there, in milliseconds; also the beat of an event stream. */
  readonly pingInterval: number
  /** How long a client may stay silent after a PING, in milliseconds. */
  readonly pongTimeout: number
  /** The largest presence data, in bytes. */
  readonly maxPresence: number
  /** How many frames of a client may wait for CONNECTED to be sent. */
  readonly earlyFrames: number
  /** Emitting needs a token or a participant credential, except to open channels. */
  readonly requireToken: boolean
  /** Channels that anyone may emit to even so: names in which `*` stands for any characters. */
  readonly openPatterns: readonly string[]
}

export const defaultChannelsOptions: ChannelsOptions = {
  pingInterval: 25_000,
  pongTimeout: 10_000,
  maxPresence: 2048,
  earlyFrames: 32,
  requireToken: false,
  openPatterns: [],
}
