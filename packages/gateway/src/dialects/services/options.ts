/** Sizes are in bytes, times in milliseconds. */
export interface ServicesOptions {
  /** What every service proves itself with. */
  readonly secret: string
  /** The types a service may be of. */
  readonly types: readonly string[]
  /** How often a service is to beat; it is asked when it has not, and closed after twice that. */
  readonly heartbeatInterval: number
  readonly identifyTimeout: number
  /** Largest inbound message, as it comes or inflated, of who has not identified: what anyone may make the gateway read. */
  readonly unidentifiedMax: number
  /** Largest inbound message, as it comes and, where it is compressed, inflated. */
  readonly inboundMax: number
  readonly inflatedMax: number
  /** Inbound frames of one service a second for long, and at once. */
  readonly framesPerSecond: number
  readonly frameBurst: number
  /** Messages that are compressed or inflated at the same time, and how much may wait for it per connection. */
  readonly compressionsInFlight: number
  readonly compressionBacklog: number
}

/**
 * A message is read as JSON in one go, in which nobody else is served: about 10 ms for a megabyte. Hence the bounds on what one
 * message may hold.
 */
export const defaultServicesOptions: Omit<ServicesOptions, 'secret'> = {
  types: ['feeds', 'dashboard', 'panel', 'sharder', 'commands'],
  heartbeatInterval: 30_000,
  identifyTimeout: 10_000,
  unidentifiedMax: 65_536,
  inboundMax: 1_048_576,
  inflatedMax: 4_194_304,
  framesPerSecond: 1000,
  frameBurst: 5000,
  compressionsInFlight: 4,
  compressionBacklog: 8_388_608,
}
