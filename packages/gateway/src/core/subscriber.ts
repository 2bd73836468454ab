import type { RoomEvent } from '../model/event.ts'
import type { Connection, Encoded } from '../ports/connection.ts'
import type { AttendRequest, Ending, Speech } from '../ports/core.ts'

/** One connection in one room, as the hub knows it. */
export class Subscriber {
  readonly connection: Connection
  readonly memberId: string
  readonly userId: string | null
  readonly acknowledges: boolean
  readonly listens: boolean
  readonly ended: (ending: Ending) => void
  readonly changed: AttendRequest['changed']
  speech: Speech
  /** Live events it waits to hear until it has been told what it missed; null once it hears them as they come. */
  backlog: RoomEvent[] | null = []
  /** Why its stay is over, or null while it lasts. */
  ending: Ending | 'left' | null = null

  /** Counted among those who are present, and among its connection's rooms. */
  present = false
  hasPlace = false

  constructor(request: AttendRequest, memberId: string, ended: (ending: Ending) => void) {
    this.connection = request.connection
    this.memberId = memberId
    this.userId = request.actor.userId
    this.acknowledges = request.acknowledges
    this.listens = request.listens
    this.ended = ended
    this.changed = request.changed
    this.speech = request.speech
  }

  isFor(event: RoomEvent): boolean {
    return event.targets === undefined || event.targets.includes(this.memberId)
  }

  /** Says an event to this connection alone. */
  tell(event: RoomEvent): void {
    if (this.isFor(event)) this.say(event, this.speech.encode(event))
  }

  /** The same, when it has been encoded before. */
  say(event: RoomEvent, encoded: Encoded | null): void {
    if (encoded !== null && this.isFor(event)) this.connection.send(encoded)
  }
}
