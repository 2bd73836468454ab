import { like, open } from '../../pattern.ts'
import type { Suite } from '../../scenario.ts'
import { encryptionScenarios } from './encryption.ts'
import { endingScenarios } from './ending.ts'
import { eventScenarios } from './events.ts'
import { presentingScenarios } from './presenting.ts'
import { placed } from './words.ts'

/** The default channel is everybody's: others come, go and talk there, and make channels. */
const stranger = open({ id: like('^(?!.*-{{run}}$)') })
const numbered = open({ id: { $: 'integer' } })
const ofOthers = { $: 'either', options: [stranger, numbered] } as const

export const commsSuite: Suite = {
  dialect: 'comms',
  scenarios: [...presentingScenarios, ...eventScenarios, ...endingScenarios, ...encryptionScenarios],
  ignores: [
    open({
      f: 130,
      t: like('^(MESSAGE_CREATE|START_TYPING|ROOM_USER_ADD|ROOM_USER_REMOVE)$'),
      cnf: open({ user: ofOthers }),
    }),
    { f: 130, t: 'CHANNEL_ADD', cnf: { channel: stranger } },
  ],
  unsaid: [placed],
  answers: [],
  farewells: [open({ f: 130, t: like('^ROOM_USER_(ADD|REMOVE)$') })],
}
