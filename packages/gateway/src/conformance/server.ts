/** The server that is tried, and what is known of it. */
export interface ServerUnderTest {
  /** http or https; without a slash at the end. */
  readonly url: string
  /** Tokens can be signed with it. */
  readonly secret?: string
  /** Services prove themselves with it. */
  readonly servicesSecret?: string
  /** Of a server without the REST API for rooms: a room, and the credential of a participant. */
  readonly room?: string
  readonly participant?: string
  /** Of a server of one's own: begins a planned stop. */
  readonly stop?: () => void
  /** Message contents must be encrypted. */
  readonly encrypts?: boolean
}

/** How long the runner waits, in milliseconds. */
export interface Waiting {
  /** For what is to come at once. */
  readonly timeout: number
  /** For what the server does by its own clock. */
  readonly patience: number
}

/** What a frame or a reply is told to, in either direction, for whoever wants to see all of them. */
export type Witness = (who: string, direction: 'sent' | 'got', text: string) => void
