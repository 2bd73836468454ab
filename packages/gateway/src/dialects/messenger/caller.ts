import type { Core, User } from '../../ports/core.ts'
import type { DialectLimits } from '../../ports/dialect.ts'
import type { MailReader } from '../../ports/mail.ts'
import type { MessengerOptions } from './options.ts'

/** Who makes a request, and with what it is answered. */
export interface Caller {
  readonly user: User
  readonly core: Core
  readonly options: MessengerOptions
  readonly limits: DialectLimits
  readonly reader: MailReader
  readonly connectionId: string
}

/** The id of an event that this connection causes, and so is not told. */
export function ownEvent({ core, reader }: Caller): string {
  const eventId = core.chat.newEventId()
  reader.doing(eventId)
  return eventId
}
