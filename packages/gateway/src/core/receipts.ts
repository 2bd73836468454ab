import { receiptsOf } from '../model/receipt.ts'
import type { Receipts } from '../ports/core.ts'
import type { ReceiptStore } from '../ports/engine.ts'
import { type Acts, asked } from './acts.ts'

/** Who got and read what. */
export function createReceipts(acts: Acts, store: ReceiptStore): Receipts {
  return {
    async mark(room, actor, mark, upTo, extra) {
      await acts.commit(room, actor, { kind: 'receipts.mark', mark, upTo }, asked(extra))
    },

    async of(room, messages) {
      if (messages.length === 0) return []
      const numbers = messages.map(({ number }) => number)
      const steps = await store.steps(room, Math.min(...numbers), Math.max(...numbers))
      return messages.map((message) => receiptsOf(message, steps))
    },
  }
}
