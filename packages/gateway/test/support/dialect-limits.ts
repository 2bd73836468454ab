import { configOf } from '../../src/app/config/load.ts'
import { dialectLimits as limitsOf } from '../../src/app/settings.ts'

/** Those of a gateway that nobody has configured. */
export const dialectLimits = limitsOf(configOf({}))
