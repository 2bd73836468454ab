import type { InboxItem } from '../../ports/inbox-store.ts'
import type { Caller } from './caller.ts'
import type { Payload } from './payloads.ts'
import { messengerSpeech } from './speech.ts'

/** Reading single events back. */

/** More are not given at once. */
const eventsAtOnce = 100

export async function getEvent({ core, user }: Caller, { eventId }: Payload<'getEvent'>): Promise<string> {
  return eventText(await core.mail.item(user.userId, eventId), user.userId)
}

export async function getEvents(
  { core, user }: Caller,
  { fromEventId, epoch }: Payload<'getEvents'>,
): Promise<string> {
  const items = await core.mail.items(user.userId, fromEventId, eventsAtOnce, epoch)
  return `[${items.map((item) => eventText(item, user.userId)).join(',')}]`
}

/** Everything that goes into an inbox has a word in this protocol. */
function eventText(item: InboxItem, userId: string): string {
  return messengerSpeech.letter(item)?.({ userId, id: item.id }) ?? 'null'
}
