export interface MessengerOptions {
  /** How often the server sends a WebSocket ping, in milliseconds. */
  readonly pingInterval: number
  /** How long after a ping a connection may go without any sign, in milliseconds. */
  readonly pongTimeout: number
  /** How long the text of a message may be, in characters. */
  readonly maxMessage: number
  /** How many users a group may be made with, its maker included. */
  readonly maxGroup: number
}

export const defaultMessengerOptions: MessengerOptions = {
  pingInterval: 25_000,
  pongTimeout: 10_000,
  maxMessage: 4096,
  maxGroup: 100,
}
