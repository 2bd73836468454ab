import { sharder } from '../../model/service-event.ts'
import type { ServiceHeartbeat } from '../../ports/services.ts'
import { type Closing, invalidPayload } from './closings.ts'
import type { Data } from './decode.ts'

/** What a service may say of itself, in characters of JSON. */
const longest = 2048

/**
 * What a service of that type (null: it has not identified) says in a heartbeat, or why it is closed for saying so. Whatever it
 * says besides is kept where it is a number, a string or a boolean.
 */
export function readHeartbeat(d: Data, type: string | null): ServiceHeartbeat | Closing {
  const { heapUsed, guilds, busy } = d
  if (typeof heapUsed !== 'number') return invalidPayload('d.heapUsed must be a number.')
  if (type === sharder && typeof guilds !== 'number') return invalidPayload('d.guilds must be a number.')
  if (busy !== undefined && (typeof busy !== 'number' || busy < 0))
    return invalidPayload('d.busy must be a number that is not negative.')
  const json = JSON.stringify(Object.fromEntries(Object.entries(d).filter(([, value]) => isPlain(value))))
  if (json.length > longest) return invalidPayload(`d must not be longer than ${longest} characters.`)
  return { heapUsed, busy: busy ?? null, json }
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
}
