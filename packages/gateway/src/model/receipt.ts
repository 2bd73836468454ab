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

/** One step of a user's mark: everything up to `upTo` had come to them by `at` (milliseconds since 1970). */
export interface ReceiptStep {
  readonly userId: string
  readonly mark: Mark
  readonly upTo: number
  readonly at: number
}

/** Who got and read a message, out of the steps that cover it. The first step that does gives the time. */
export function receiptsOf(
  message: { number: number; authorId: string },
  steps: readonly ReceiptStep[],
): Receipt[] {
  const receipts = new Map<string, { userId: string; delivered?: number; read?: number }>()
  for (const { userId, mark, upTo, at } of steps) {
    if (upTo < message.number || userId === message.authorId) continue
    const receipt = receipts.get(userId) ?? { userId }
    receipt[mark] ??= at
    receipts.set(userId, receipt)
  }
  return [...receipts.values()]
}
