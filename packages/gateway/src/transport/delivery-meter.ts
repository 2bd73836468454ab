import type { Delivery } from './tcp-table.ts'

/** So many looks in a row that find nothing more acknowledged, though it was sent again, are enough. */
const looksInVain = 4

/** How long from one look to the next, for a connection to be given up within `ms`: the system sends again only after a while. */
export function timeBetweenLooks(ms: number): number {
  return ms / (looksInVain + 1)
}

/** Judges whether the other end of one connection is still there. One that only does not read still acknowledges. */
export class DeliveryMeter {
  #acknowledged = 0
  #inVain = 0

  /** True: there is nobody any more. */
  judge({ acknowledged, retried }: Delivery): boolean {
    this.#inVain = retried && acknowledged <= this.#acknowledged ? this.#inVain + 1 : 0
    this.#acknowledged = Math.max(this.#acknowledged, acknowledged)
    return this.#inVain >= looksInVain
  }
}
