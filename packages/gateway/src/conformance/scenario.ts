import type { Pattern } from './pattern.ts'

/** A protocol whose servers can be tried. */
export type DialectName = 'rooms' | 'comms' | 'channels' | 'messenger' | 'services'

/** Everything one protocol is tried with. */
export interface Suite {
  readonly dialect: DialectName
  readonly scenarios: readonly Scenario[]
  /** Frames that may come at any time and mean nothing to a scenario, unless its connection sees everything. */
  readonly ignores: readonly Pattern[]
  /** The same, in scenarios of the protocol's own document: what that does not tell of, but a server may send. */
  readonly unsaid?: readonly Pattern[]
  /** What a living client says to such a frame. */
  readonly answers: readonly Answer[]
  /** Frames that may come once the scenario is over and its connections go one after another. */
  readonly farewells: readonly Pattern[]
}

export interface Answer {
  readonly to: Pattern
  readonly frame: unknown
}

export interface Scenario {
  /** A sentence that is unique in its suite. */
  readonly name: string
  /** `source`: the words of the protocol's own document. `ours`: what Parlance decided where that is silent. */
  readonly origin: 'source' | 'ours'
  readonly needs: readonly Need[]
  readonly steps: readonly Step[]
}

/**
 * `tokens`: the runner can sign tokens for the server. `rest`: the server has Parlance's REST API for rooms. `room`: there is a room
 * with a participant, made through that API or named by whoever runs this. `secret`: the secret of services is known. `stop`: the runner can
 * stop the server. `encryption`: the server requires that contents are encrypted.
 */
export type Need = 'tokens' | 'rest' | 'room' | 'secret' | 'stop' | 'encryption'

/** Strings of steps may hold placeholders, see `placeholders.ts`. Connections are called by the name they were given. */
export type Step = Connect | Send | Expect | Closed | Close | Request | Reply | Stop

export interface Connect {
  readonly do: 'connect'
  readonly as: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly subprotocols?: readonly string[]
  /** The subprotocol that the server must choose. */
  readonly chosen?: string
  /** As server-sent events instead of a WebSocket. */
  readonly stream?: boolean
  /** Nothing is answered on its own, WebSocket pings included. */
  readonly silent?: boolean
  /** Nothing is ignored either. */
  readonly bare?: boolean
  /** The handshake must be answered like this instead. */
  readonly refused?: { readonly status: number; readonly reply?: Pattern }
}

export interface Send {
  readonly do: 'send'
  readonly from: string
  /** Sent as JSON. */
  readonly frame?: unknown
  /** Sent as it is, instead. */
  readonly text?: string
  /** As a binary frame. */
  readonly binary?: boolean
  /** As a binary frame that holds one zlib stream. */
  readonly zipped?: boolean
}

export interface Expect {
  readonly do: 'expect'
  readonly by: string
  /** What must come next: one frame, or several in any order. */
  readonly frames: readonly Pattern[]
  /** What may come before, any number of times. */
  readonly amid?: Pattern
  /** Whether it must be a zlib stream in a binary frame, or must be text. Otherwise text. */
  readonly zipped?: boolean
  readonly clock?: Clockwork
}

/** The server must close the connection, with nothing else coming before. */
export interface Closed {
  readonly do: 'closed'
  readonly by: string
  readonly code: Pattern
  readonly clock?: Clockwork
}

/** The client closes. The step is done when the connection has closed. */
export interface Close {
  readonly do: 'close'
  readonly by: string
  /** As when the network breaks. */
  readonly abruptly?: boolean
}

export interface Request {
  readonly do: 'request'
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** Sent as it is, instead. */
  readonly text?: string
  /** Absent: the request goes on while the next steps are taken, and a `reply` names it. */
  readonly reply?: Answered
  readonly as?: string
  /** Ask again until it is answered like that. */
  readonly eventually?: boolean
}

export interface Reply {
  readonly do: 'reply'
  readonly to: string
  readonly reply: Answered
  readonly clock?: Clockwork
}

/** The server is stopped as planned, by whoever has started it. The step is done when the server has begun to. */
export interface Stop {
  readonly do: 'stop'
}

export interface Answered {
  readonly status: number
  readonly json?: Pattern
}

/** The server does this by its own clock. What takes longer than the runner's patience is not tried. */
export interface Clockwork {
  /** In milliseconds, or a placeholder; absent when the client cannot know. */
  readonly takes?: number | string
}
