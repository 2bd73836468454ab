import type { RoomId } from './room.ts'

/** What outlives a connection and can be resumed. */
export interface Session {
  /** Public. Names the session and opens nothing. */
  readonly id: string
  /** The dialect it was begun in; a session is resumed in no other. */
  readonly dialect: string
  readonly room: RoomId
  /** Null for someone without a token. */
  readonly userId: string | null
  /** What the dialect wants kept, as JSON text of at most 2 KiB. */
  readonly data: string
}
