import type { Core } from '../../../ports/core.ts'
import type { RoomsOptions } from '../options.ts'
import type { Rate } from './rate.ts'

/** What the routes work with. */
export interface RestTools {
  readonly core: Core
  readonly options: RoomsOptions
  /** How often one participant may write in one room, and one address may make and join rooms. */
  readonly writing: Rate
  readonly joining: Rate
}
