/** What the store keeps for how long, and what it takes on. */
export interface StoreSettings {
  /** How long an idempotency key stands for its first outcome, in milliseconds. */
  readonly repeatWindow: number
  /** How long sessions that nobody released (the process died) can be claimed from an opening on, in milliseconds. */
  readonly resumeWindow: number
  /** How many of the newest items of each inbox are kept. */
  readonly keptItems: number
  /** How many calls may wait for the store. */
  readonly longestQueue: number
}

export const defaultStoreSettings: StoreSettings = {
  repeatWindow: 300_000,
  resumeWindow: 120_000,
  /** What can be replayed at once, ten times over. */
  keptItems: 10_000,
  /** So many calls take about a second. Beyond it the store is not keeping up, and waiting would only cost memory. */
  longestQueue: 50_000,
}
