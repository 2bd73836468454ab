import { open } from '../../pattern.ts'
import type { Suite } from '../../scenario.ts'
import { cachingScenarios } from './caching.ts'
import { commandScenarios } from './commands.ts'
import { connectingScenarios } from './connecting.ts'
import { shardsTold } from './words.ts'

const request = open({ op: 1 })

export const servicesSuite: Suite = {
  dialect: 'services',
  scenarios: [...connectingScenarios, ...commandScenarios, ...cachingScenarios],
  ignores: [request, shardsTold],
  answers: [{ to: request, frame: { op: 1, d: { heapUsed: 1, guilds: 1 } } }],
  farewells: [],
}
