export interface RoomsOptions {
  /** How often the server beats, in milliseconds; what hello tells the client. */
  readonly heartbeatInterval: number
  /** How much longer than the interval a client may take for its heartbeat, in milliseconds. */
  readonly heartbeatGrace: number
  /** Throws `invalid_request`, with a sentence, for a link that messages cannot be posted to. */
  readonly checkWebhookLink: (link: string) => void
}

export const defaultRoomsOptions: Omit<RoomsOptions, 'checkWebhookLink'> = {
  heartbeatInterval: 45_000,
  heartbeatGrace: 15_000,
}
