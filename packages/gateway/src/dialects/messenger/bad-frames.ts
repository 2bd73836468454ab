/** How many bad frames in how many milliseconds end a connection. */
const most = 5
const window = 10_000

/** Counts a client's bad frames, to stop one that sends nothing else. */
export class BadFrames {
  #times: number[] = []

  /** True when there have been too many lately. `now` is monotonic, in milliseconds. */
  count(now: number): boolean {
    this.#times = [...this.#times.filter((time) => now - time < window), now]
    return this.#times.length >= most
  }
}
