import { like, open } from '../../pattern.ts'
import type { Suite } from '../../scenario.ts'
import { askingScenarios } from './asking.ts'
import { endingScenarios } from './ending.ts'
import { talkingScenarios } from './talking.ts'

/** Whoever shares a chat comes online and goes offline. */
const comingAndGoing = open({ type: 'event', eventType: like('^(online|offline)$') })

export const messengerSuite: Suite = {
  dialect: 'messenger',
  scenarios: [...talkingScenarios, ...askingScenarios, ...endingScenarios],
  // The admin who bans speaks comms, and hears what everybody else does in its default channel.
  ignores: [open({ f: 130 })],
  answers: [],
  farewells: [comingAndGoing],
}
