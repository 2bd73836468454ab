import { churn } from './churn.ts'
import { connects } from './connects.ts'
import { disk } from './disk.ts'
import { fanOut } from './fan-out.ts'
import { growth } from './growth.ts'
import { guild } from './guild.ts'
import { heartbeats } from './heartbeats.ts'
import { memory } from './memory.ts'
import { publishes } from './publishes.ts'
import { resume } from './resume.ts'
import { start } from './start.ts'

/** What a load generator can do. */
export const tasks = {
  churn,
  connects,
  disk,
  fanOut,
  growth,
  guild,
  heartbeats,
  memory,
  publishes,
  resume,
  start,
}
