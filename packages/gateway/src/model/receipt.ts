/** How far a message has come with a user. Read implies delivered. */
export type Mark = 'delivered' | 'read'

/** Up to which message number a user has got and read a room; 0 for nothing yet. */
export interface Marks {
  readonly delivered: number
  readonly read: number
}

export const noMarks: Marks = { delivered: 0, read: 0 }

/** When one user got and read one message: milliseconds since 1970. */
export interface Receipt {
  readonly userId: string
  readonly delivered?: number
  readonly read?: number
}

/** An author whose messages were marked, and the highest number among these. */
export interface MarkedAuthor {
  readonly userId: string
  readonly highest: number
}
