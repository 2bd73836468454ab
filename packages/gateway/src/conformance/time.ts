/** Time as a run sees it, in milliseconds. */
export interface Time {
  now(): number
  /** Calls once, after that long; gives what calls it off. */
  after(ms: number, call: () => void): () => void
}

export const realTime: Time = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}

export function pause(time: Time, ms: number): Promise<void> {
  return new Promise((resolve) => time.after(ms, resolve))
}

/** What is promised, or null when it takes longer. */
export async function within<Value>(time: Time, ms: number, promise: Promise<Value>): Promise<Value | null> {
  let callOff = () => {}
  const over = new Promise<null>((resolve) => {
    callOff = time.after(ms, () => resolve(null))
  })
  try {
    return await Promise.race([promise, over])
  } finally {
    callOff()
  }
}
