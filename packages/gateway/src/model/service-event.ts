import type { JsonText } from './event.ts'

/** The type of the services that run the shards of a bot. */
export const sharder = 'sharder'

/** Which services: of the types named, of any type, or none at all (the gateway itself). */
export type ServiceTypes = readonly string[] | 'all' | 'none'

/** One row of the table of events that services exchange. */
export interface ServiceEventRule {
  readonly name: string
  readonly from: ServiceTypes
  readonly to: ServiceTypes
  /** `one`: exactly one service gets it, the least busy. `all`: every one of the types in `to`, but its sender. */
  readonly delivery: 'one' | 'all'
  /** JSON Schema of the data. What `properties` does not name is dropped, unless `additionalProperties` is true. */
  readonly data: Readonly<Record<string, unknown>>
}

/** What one service has said to others. */
export interface ServiceEvent {
  readonly name: string
  readonly data: JsonText
}

export function covers(types: ServiceTypes, type: string): boolean {
  return types === 'all' || (types !== 'none' && types.includes(type))
}
