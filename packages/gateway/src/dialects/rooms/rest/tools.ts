import type { Core } from '../../../ports/core.ts'
import type { DialectLimits } from '../../../ports/dialect.ts'
import type { RoomsOptions } from '../options.ts'

/** What the routes work with. */
export interface RestTools {
  readonly core: Core
  readonly options: RoomsOptions
  readonly limits: DialectLimits
}
