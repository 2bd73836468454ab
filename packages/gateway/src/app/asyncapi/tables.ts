import { builtInEvents } from '../../core/services/settings.ts'
import { channelsFrames } from '../../dialects/channels/frame-table.ts'
import { commsFrames } from '../../dialects/comms/frame-table.ts'
import { messengerFrames } from '../../dialects/messenger/frame-table.ts'
import { roomsFrames } from '../../dialects/rooms/frame-table.ts'
import { servicesFrames } from '../../dialects/services/frame-table.ts'
import type { FrameTable } from '../../ports/frame-table.ts'
import { configOf } from '../config/load.ts'
import type { Config } from '../config/schema.ts'

/** What each protocol says over its WebSocket. */
export function frameTables({ rooms, messenger, services }: Config): readonly FrameTable[] {
  const roomName = rooms.maxName
  return [
    roomsFrames,
    commsFrames({ roomName }),
    channelsFrames({ roomName }),
    messengerFrames({ roomName, maxGroup: messenger.maxGroup }),
    servicesFrames(services.types, [...builtInEvents, ...services.events]),
  ]
}

/** Those of a gateway that nobody has configured. */
export const defaultFrameTables = frameTables(configOf({}))
