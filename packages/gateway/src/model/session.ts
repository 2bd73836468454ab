import type { RoomId } from './room.ts'

/** Which session, and whose. */
export interface SessionName {
  /** Public. Names the session and opens nothing. */
  readonly id: string
  /** The dialect it was begun in; a session is resumed in no other. */
  readonly dialect: string
  readonly room: RoomId
  /** Null for someone without a token. */
  readonly userId: string | null
}

/** What outlives a connection and can be resumed. */
export interface Session extends SessionName {
  /** What the dialect wants kept, as JSON text of at most 2 KiB. */
  readonly data: string
}
