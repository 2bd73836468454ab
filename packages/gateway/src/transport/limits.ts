/** What a client may ask of the transport. Sizes are in bytes, times in milliseconds. */
export interface TransportLimits {
  /** Largest inbound message of a dialect that sets no limit of its own. */
  readonly messageBytes: number
  /** Most fragments of one inbound message, and most reads of the socket that one frame may take to arrive. */
  readonly fragments: number
  readonly readsPerFrame: number
  /** How long a message may stay begun and unfinished; found out at the latest after twice that. */
  readonly unfinishedMessage: number
  /** How long the other end of an event stream may acknowledge nothing of what it was sent. */
  readonly unacknowledged: number
  /** Inbound frames: a token bucket, and how many dropped frames within `strikeWindow` end the connection. */
  readonly framesPerSecond: number
  readonly frameBurst: number
  readonly strikes: number
  readonly strikeWindow: number
  /** A connection with more than `softBacklog` unwritten for `softBacklogFor`, or ever more than `hardBacklog`, is too slow. */
  readonly softBacklog: number
  readonly softBacklogFor: number
  readonly hardBacklog: number
  /** All backlogs together; beyond it the largest go first. */
  readonly totalBacklog: number
  /** How long a closed connection may take to read its last bytes and to answer the close. */
  readonly closeGrace: number
  /** Open sockets, whatever they are for: all together, and of one address besides its connections. */
  readonly sockets: number
  readonly socketsPerAddress: number
  /** Connections of one address: open ones, and new ones per second. */
  readonly connectionsPerAddress: number
  readonly newPerAddress: number
  /** New connections per second, of all addresses together. */
  readonly newConnections: number
  /** Of a request: its headers, how long these may take, how long all of it may take, and its body. */
  readonly headerBytes: number
  readonly headerTime: number
  readonly requestTime: number
  readonly bodyBytes: number
  /** Requests of one connection that wait for the reply before theirs. */
  readonly pipelinedRequests: number
  /** How deep JSON may be nested: of a body, and of a message, which the dialects see to. */
  readonly jsonDepth: number
}

const kilobyte = 1024
const megabyte = 1024 * kilobyte

export const defaultLimits: TransportLimits = {
  messageBytes: 64 * kilobyte,
  fragments: 256,
  readsPerFrame: 1024,
  unfinishedMessage: 10_000,
  unacknowledged: 10_000,
  framesPerSecond: 50,
  frameBurst: 100,
  strikes: 3,
  strikeWindow: 10_000,
  softBacklog: megabyte,
  softBacklogFor: 10_000,
  hardBacklog: 8 * megabyte,
  totalBacklog: 256 * megabyte,
  closeGrace: 5000,
  sockets: 50_000,
  socketsPerAddress: 256,
  connectionsPerAddress: 100,
  newPerAddress: 20,
  newConnections: 250,
  headerBytes: 8 * kilobyte,
  headerTime: 10_000,
  requestTime: 30_000,
  bodyBytes: 64 * kilobyte,
  pipelinedRequests: 100,
  jsonDepth: 32,
}
