import type { RoomId } from './room.ts'

/** A message on its way to a webhook. */
export interface Delivery {
  /** Rises in the order the messages were written. */
  readonly id: number
  readonly room: RoomId
  readonly url: string
  readonly authorName: string
  readonly content: string
  /** How often it was tried, and how many parts of it have arrived. */
  readonly attempts: number
  readonly partsSent: number
  /** Milliseconds since 1970. */
  readonly dueAt: number
  /** Why it was given up, or null while there is hope. */
  readonly deadBecause: string | null
}
