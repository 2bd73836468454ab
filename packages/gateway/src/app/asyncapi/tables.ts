import { builtInEvents } from '../../core/services/settings.ts'
import { channelsFrames } from '../../dialects/channels/frame-table.ts'
import { commsFrames } from '../../dialects/comms/frame-table.ts'
import { messengerFrames } from '../../dialects/messenger/frame-table.ts'
import { roomsFrames } from '../../dialects/rooms/frame-table.ts'
import { servicesFrames } from '../../dialects/services/frame-table.ts'
import { defaultServicesOptions } from '../../dialects/services/options.ts'
import type { ServiceEventRule } from '../../model/service-event.ts'
import type { FrameTable } from '../../ports/frame-table.ts'

/** What services are configured to say to one another. */
export interface ServicesVocabulary {
  readonly types: readonly string[]
  readonly events: readonly ServiceEventRule[]
}

/** What each protocol says over its WebSocket. */
export function frameTables({ types, events }: ServicesVocabulary): readonly FrameTable[] {
  const services = servicesFrames(types, [...builtInEvents, ...events])
  return [roomsFrames, commsFrames, channelsFrames, messengerFrames, services]
}

/** Those of a gateway that nobody has configured. */
export const defaultFrameTables = frameTables({ types: defaultServicesOptions.types, events: [] })
