import { like, open } from '../../pattern.ts'
import type { Suite } from '../../scenario.ts'
import { askingScenarios } from './asking.ts'
import { talkingScenarios } from './talking.ts'

/** Whoever shares a chat comes online and goes offline. */
const comingAndGoing = open({ type: 'event', eventType: like('^(online|offline)$') })

export const messengerSuite: Suite = {
  dialect: 'messenger',
  scenarios: [...talkingScenarios, ...askingScenarios],
  ignores: [],
  answers: [],
  farewells: [comingAndGoing],
}
