import type { Target } from '../bombard.ts'
import { channels } from './channels.ts'
import { comms } from './comms.ts'
import { messenger } from './messenger.ts'
import { rooms } from './rooms.ts'
import { services } from './services.ts'

/** What each protocol demands of the frames of its clients, as its page in `docs/protocols` says it. */
export const targets: Readonly<Record<string, Target>> = { rooms, comms, channels, messenger, services }
