import type { Suite } from '../../scenario.ts'
import { packetScenarios } from './packets.ts'
import { restScenarios } from './rest.ts'
import { resumingScenarios } from './resuming.ts'

export const roomsSuite: Suite = {
  dialect: 'rooms',
  scenarios: [...packetScenarios, ...resumingScenarios, ...restScenarios],
  ignores: [
    { e: 1, d: {} },
    { e: 2, d: {} },
  ],
  answers: [
    { to: { e: 1, d: {} }, frame: { e: 1, d: {} } },
    { to: { e: 2, d: {} }, frame: { e: 1, d: {} } },
  ],
  farewells: [],
}
