/** What someone wrote. */
export interface Message {
  /** Unique in the gateway, rising; below 2^53. */
  readonly id: number
  /** Counts the room's messages 1, 2, 3… */
  readonly number: number
  readonly authorId: string
  readonly authorName: string
  /** Empty once the message is deleted. */
  readonly content: string
  /** Milliseconds since 1970, as are the others. */
  readonly sentAt: number
  readonly editedAt: number | null
  readonly deletedAt: number | null
}
