/** Time and its timers. Injected, so that a test owns the hour. */
export interface Clock {
  /** Wall clock: milliseconds since 1970. May jump. For what is stored and shown. */
  now(): number
  /** Milliseconds from some start; never jumps. For intervals and deadlines. */
  monotonic(): number
  /** Calls once after `ms`; the function returned cancels. */
  after(ms: number, call: () => void): () => void
}

/** Unpredictable ids and numbers. Injected, so that a test can repeat itself. */
export interface Random {
  /** `length` characters of `[A-Za-z0-9_-]`, 6 random bits each. */
  id(length: number): string
  /** A whole number in [0, below). */
  integer(below: number): number
}
