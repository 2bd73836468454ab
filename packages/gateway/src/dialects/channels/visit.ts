import type { JsonText } from '../../model/event.ts'
import { compactJson } from '../../model/json.ts'
import { Problem } from '../../model/problem.ts'
import type { AttendRequest, Core } from '../../ports/core.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import type { HttpRequest } from '../../ports/http.ts'
import { parseSince } from './anchor.ts'
import { type Asking, type Caller, callerOf } from './caller.ts'
import { checkChannelName } from './channel-name.ts'
import { presenceProblem } from './commands.ts'
import { findRoom } from './find-room.ts'
import type { ChannelsOptions } from './options.ts'

/** What reading a visit needs. */
export interface Doorway {
  readonly core: Core
  readonly options: ChannelsOptions
  readonly tools: DialectTools
}

/** What a listener asks for when it connects. */
export interface Visit {
  readonly channel: string
  readonly caller: Caller
  /** For whom the channel is made if nobody has used it yet: null where it is for its members only. */
  readonly maker: string | null
  /** Null when nothing was said of it. */
  readonly presence: JsonText | null
  readonly since: AttendRequest['since'] | undefined
  readonly resume: ResumeToken | null
}

/** What a CONNECTED frame gave, and the id the listener believes it had. */
export interface ResumeToken {
  readonly id: string
  readonly secret: string
  readonly clientId: string | null
}

/**
 * Reads a request to `/:channel/listen` and asks whether this caller may be there. Rejects with what is wrong: this is the last moment at
 * which a refusal can be an HTTP reply. The channel is made once the listener is let in: until then the door may still refuse it.
 */
export async function readVisit(
  { core, options, tools }: Doorway,
  channelSegment: string | null | undefined,
  asking: Asking & Pick<HttpRequest, 'address'>,
): Promise<Visit> {
  const { query, header } = asking
  const channel = checkChannelName(channelSegment, tools.limits.roomName)
  const presence = readPresence(query.get('presence'), options.maxPresence, tools.limits.jsonDepth)
  // A browser that reconnects an event stream repeats the URL, with a `since` that is older than its header.
  const from = header('last-event-id') ?? query.get('since') ?? ''
  const since = from === '' ? undefined : parseSince(from)
  const resume = readResumeToken(query.get('resumeToken'), query.get('clientID'))
  const caller = await callerOf(core.accounts, channel, asking)
  const room = await findRoom(core.rooms, channel, caller)
  const maker = room === null || room.access === 'public' ? (caller.userId ?? asking.address) : null
  return { channel, caller, maker, presence, since, resume }
}

function readPresence(text: string | null, maxPresence: number, jsonDepth: number): JsonText | null {
  if (text === null) return null
  const presence = compactJson(text, jsonDepth).text
  const problem = presenceProblem(presence, maxPresence)
  if (problem !== null) throw new Problem('invalid_request', problem)
  return presence
}

/** `<session id>.<secret>`. A token of another shape was never ours: it resumes nothing, as one that has expired does. */
function readResumeToken(token: string | null, clientId: string | null): ResumeToken | null {
  if (token === null) return null
  const [, id = '', secret = ''] = /^([\w-]{1,64})\.([\w-]{1,64})$/.exec(token) ?? []
  return { id, secret, clientId }
}
