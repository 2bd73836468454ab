import type { Random } from '../../ports/clock.ts'
import type { Core } from '../../ports/core.ts'
import type { Visit } from './visit.ts'

const dialect = 'channels'

/** A session that a connection holds, and what it says of its listener. */
export interface Session {
  readonly id: string
  readonly secret: string
  /** The id to go on with; undefined where the core gives it, since a user has one id whatever the connection. */
  readonly memberId: string | undefined
  /** Whether it is the one asked for; null when none was. */
  readonly resumed: boolean | null
}

/** A new one. `owner` is the connection. */
export async function openSession(core: Core, random: Random, visit: Visit, owner: string): Promise<Session> {
  const { channel, caller, resume } = visit
  const memberId = caller.userId === null ? `client_${random.id(16)}` : undefined
  const session = await core.sessions.open(dialect, channel, caller.userId, memberId ?? '', owner)
  return { ...session, memberId, resumed: resume === null ? null : false }
}

/** Takes over the session asked for; null where that cannot be, or none was. */
export async function claimSession(
  core: Core,
  { channel, caller, resume }: Visit,
  owner: string,
): Promise<Session | null> {
  if (resume === null) return null
  const { id, secret, clientId } = resume
  const wanted = { id, secret, dialect, room: channel, userId: caller.userId, owner }
  const claimed = await core.sessions.claim(wanted)
  if (claimed === null) return null
  if (caller.userId !== null) return { id, secret, memberId: undefined, resumed: true }
  if (clientId === null || clientId === claimed.data) {
    return { id, secret, memberId: claimed.data, resumed: true }
  }
  core.sessions.release(id, owner)
  return null
}
