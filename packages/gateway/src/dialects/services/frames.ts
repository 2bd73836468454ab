import type { ServiceEvent } from '../../model/service-event.ts'
import type { Standing } from '../../ports/services.ts'
import { opcodes } from './opcodes.ts'

export function helloFrame(heartbeatInterval: number): string {
  return JSON.stringify({ op: opcodes.hello, d: { heartbeatInterval } })
}

export const heartbeatFrame = `{"op":${opcodes.heartbeat},"d":{}}`
export const heartbeatAckFrame = `{"op":${opcodes.heartbeatAck},"d":{}}`

/** Fields that say nothing (no shards, nothing lost) are left out. */
export function identifiedFrame({ session, shards, resumed, lost }: Standing): string {
  const d = {
    ...(shards !== null && { shards }),
    session,
    ...(resumed !== null && { resumed }),
    ...(lost > 0 && { lost }),
  }
  return JSON.stringify({ op: opcodes.event, t: 'IDENTIFIED', d })
}

export function eventFrame({ name, data }: ServiceEvent): string {
  return `{"op":${opcodes.event},"t":${JSON.stringify(name)},"d":${data}}`
}
