/** Whether this is the long run, `npm run test:attacks`. Inside `npm test` every attack is made, but fewer times. */
export const long = process.env.ATTACKS === 'long'

/** How often something is done: in the short run, and in the long one. */
export function times(short: number, inLongRun: number): number {
  return long ? inLongRun : short
}
