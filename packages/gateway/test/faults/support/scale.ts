/** Whether this is the long run, `npm run test:faults`. Inside `npm test` every fault is shown, but for a short while. */
export const long = process.env.FAULTS === 'long'

/** How often something is done: in the short run, and in the long one. */
export function times(short: number, inLongRun: number): number {
  return long ? inLongRun : short
}
