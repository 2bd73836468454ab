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
  // The admin who bans speaks comms, where whoever is an admin hears of every new channel.
  ignores: [open({ f: 130, t: 'CHANNEL_ADD' })],
  answers: [],
  farewells: [comingAndGoing],
}
