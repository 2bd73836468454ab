import { followers } from './support/follower.ts'
import { waysIn } from './support/ways-in.ts'

/** Clients that run in a network of their own, to be cut off from the gateway whose address they are given. They live until killed. */
const [, , url = '', interval] = process.argv
for (const [protocol, Follower] of Object.entries(followers)) {
  await new Follower({ url }, protocol).connect()
}
const service = await waysIn.services({ url }, '', Number(interval))
service.beatEvery(Number(interval))
process.stdout.write('connected\n')
