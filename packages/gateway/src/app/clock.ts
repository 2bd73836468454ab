import type { Clock } from '../ports/clock.ts'

/** The longest a timer of the runtime waits; one set for longer goes off at once. */
const longestTimer = 2 ** 31 - 1

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, call) {
    let timer: NodeJS.Timeout
    const set = (left: number): void => {
      const step = Math.min(left, longestTimer)
      timer = setTimeout(() => (left > step ? set(left - step) : call()), step)
    }
    set(ms)
    return () => clearTimeout(timer)
  },
}
