import { engineContract } from '../../../test/contracts/engine.ts'
import { openTestEngine } from '../../../test/support/embedded-engine.ts'

engineContract('embedded', openTestEngine)
