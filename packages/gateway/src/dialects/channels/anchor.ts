import type { Position } from '../../model/position.ts'
import { Problem } from '../../model/problem.ts'

/**
 * The `eventID` of a CONNECTED frame. It holds the position at which the listener came in, so that a listener that has seen no DATA
 * yet has something to resume from as well. `nonce` is 16 characters and makes it unique.
 */
export function anchorId({ epoch, seq }: Position, nonce: string): string {
  return `evt_${nonce}_${seq.toString(36)}_${Buffer.from(epoch).toString('base64url')}`
}

const anchor = /^evt_[\w-]{16}_(?<seq>[0-9a-z]{1,11})_(?<epoch>[\w-]{1,200})$/
const eventId = /^evt_[\w-]{8,64}$/

/** Where a listener wants to go on, from its `since` or `Last-Event-ID`. Throws `invalid_position` for anything but an event id. */
export function parseSince(text: string): Position | { readonly eventId: string } {
  const { seq, epoch } = anchor.exec(text)?.groups ?? {}
  if (seq !== undefined && epoch !== undefined) {
    const position = { seq: Number.parseInt(seq, 36), epoch: Buffer.from(epoch, 'base64url').toString() }
    if (Number.isSafeInteger(position.seq)) return position
  } else if (eventId.test(text)) {
    return { eventId: text }
  }
  throw new Problem(
    'invalid_position',
    `"since" must be the eventID of a DATA or CONNECTED frame, such as "evt_gPVZZQC5", got ${JSON.stringify(text.slice(0, 40))}.`,
  )
}
