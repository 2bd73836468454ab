import { bare } from './bare.ts'
import { channels } from './channels.ts'
import { nats } from './nats.ts'
import { nchan } from './nchan.ts'
import { rooms } from './rooms.ts'
import { socketIo } from './socket-io.ts'
import type { SpeechOf } from './speech.ts'

export const speeches = { bare, channels, nats, nchan, rooms, socketIo } satisfies Record<string, SpeechOf>

export type SpeechName = keyof typeof speeches
