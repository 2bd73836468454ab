import type { TSchema } from 'typebox'
import type { EntityKey, EntityKind, GuildPart } from '../../../model/entity.ts'
import { Problem } from '../../../model/problem.ts'
import type { EntityStore, StoredEntity } from '../../../ports/entities.ts'
import type { HttpRequest, HttpRoute } from '../../../ports/http.ts'
import { arrayOf, jsonReply, listReply, readAll, withMember } from './lists.ts'
import * as schemas from './schemas.ts'

const tag = 'Cache'
const guildPath = '/v1/discord/guilds/:guildID'

const refusals = {
  400: { says: 'The request is malformed.', schema: schemas.error },
  401: { says: 'No secret was sent.', schema: schemas.error },
  403: { says: 'The secret is wrong.', schema: schemas.error },
  404: { says: 'It is not in the cache.', schema: schemas.error },
}

/** What services have had cached, read and removed by id. */
export function entityRoutes(store: EntityStore): HttpRoute[] {
  async function existing(key: EntityKey): Promise<StoredEntity> {
    const entity = await store.get(key)
    const elsewhere = key.kind !== 'user' && entity?.guildID !== key.guildID
    if (entity === null || elsewhere) throw unknown(key)
    return entity
  }

  async function remove(key: EntityKey): Promise<void> {
    await existing(key)
    if (!(await store.remove(key))) throw unknown(key)
  }

  /** What a guild has of a kind; the guild must be known. */
  async function list(request: HttpRequest, kind: GuildPart) {
    const guildID = request.params.guildID!
    const known = existing(guildKey(guildID))
    const reply = listReply(request, (after, limit) => store.list(guildID, kind, after, limit))
    await Promise.all([known, reply])
    return reply
  }

  function readAndRemove(path: string, what: string, schema: TSchema, keyOf: KeyOf): HttpRoute[] {
    const get: HttpRoute = {
      method: 'GET',
      path,
      summary: `A ${what}`,
      tag,
      replies: { 200: { says: `The ${what}.`, schema }, ...refusals },
      answer: async ({ params }) => jsonReply((await existing(keyOf(params))).json),
    }
    return [get, removing(path, `Forget a ${what}`, keyOf)]
  }

  function removing(path: string, summary: string, keyOf: KeyOf): HttpRoute {
    return {
      method: 'DELETE',
      path,
      summary,
      tag,
      replies: { 204: { says: 'It is forgotten.' }, ...refusals },
      async answer({ params }) {
        await remove(keyOf(params))
        return { status: 204 }
      },
    }
  }

  function listing(path: string, what: string, kind: GuildPart, schema: TSchema): HttpRoute {
    return {
      method: 'GET',
      path,
      summary: `The ${what} of a guild`,
      tag,
      query: schemas.part,
      replies: { 200: { says: 'All that are known.', schema: arraySchema(schema) }, ...refusals },
      answer: (request) => list(request, kind),
    }
  }

  const guild: HttpRoute = {
    method: 'GET',
    path: guildPath,
    summary: 'A guild with its roles',
    tag,
    replies: { 200: { says: 'The guild.', schema: schemas.guild }, ...refusals },
    async answer({ params }) {
      const guildID = params.guildID!
      const [{ json }, roles] = await Promise.all([
        existing(guildKey(guildID)),
        readAll((after, limit) => store.list(guildID, 'role', after, limit)),
      ])
      return jsonReply(withMember(json, 'roles', arrayOf(roles)))
    },
  }

  const member: HttpRoute = {
    method: 'GET',
    path: `${guildPath}/members/:id`,
    summary: 'A member with its user',
    tag,
    replies: { 200: { says: 'The member.', schema: schemas.member }, ...refusals },
    async answer({ params }) {
      const key = inGuild('member')(params)
      const [{ json }, user] = await Promise.all([
        existing(key),
        store.get({ kind: 'user', id: key.id, guildID: null }),
      ])
      return jsonReply(user === null ? json : withMember(json, 'user', user.json))
    },
  }

  const occupants: HttpRoute = {
    method: 'GET',
    path: `${guildPath}/channels/:id/members`,
    summary: 'The voice states in a channel',
    tag,
    query: schemas.part,
    replies: {
      200: { says: 'None where it is not a voice channel.', schema: arraySchema(schemas.voiceState) },
      ...refusals,
    },
    async answer(request) {
      const { guildID, id } = request.params as { guildID: string; id: string }
      const known = existing(inGuild('channel')(request.params))
      const reply = listReply(request, (after, limit) => store.voiceStates(guildID, id, after, limit))
      await Promise.all([known, reply])
      return reply
    },
  }

  const users: HttpRoute = {
    method: 'GET',
    path: '/v1/discord/users',
    summary: 'How many users are known',
    tag,
    replies: { 200: { says: 'Their number.', schema: schemas.userCount }, ...refusals },
    answer: async () => ({ status: 200, body: { users: await store.count('user') } }),
  }

  const user: HttpRoute = {
    method: 'GET',
    path: '/v1/discord/users/:id',
    summary: 'A user',
    tag,
    replies: { 200: { says: 'The user.', schema: schemas.user }, ...refusals },
    answer: async ({ params }) =>
      jsonReply((await existing({ kind: 'user', id: params.id!, guildID: null })).json),
  }

  return [
    guild,
    removing(guildPath, 'Forget a guild and all that belongs to it', ({ guildID }) => guildKey(guildID!)),
    listing(`${guildPath}/channels`, 'channels', 'channel', schemas.channel),
    ...readAndRemove(`${guildPath}/channels/:id`, 'channel', schemas.channel, inGuild('channel')),
    occupants,
    ...readAndRemove(
      `${guildPath}/voicestates/:id`,
      'voice state',
      schemas.voiceState,
      inGuild('voiceState'),
    ),
    member,
    removing(`${guildPath}/members/:id`, 'Forget a member', inGuild('member')),
    listing(`${guildPath}/roles`, 'roles', 'role', schemas.role),
    ...readAndRemove(`${guildPath}/roles/:id`, 'role', schemas.role, inGuild('role')),
    users,
    user,
  ]
}

type KeyOf = (params: Readonly<Record<string, string>>) => EntityKey

function inGuild(kind: GuildPart): KeyOf {
  return ({ guildID, id }) => ({ kind, id: id!, guildID: guildID! })
}

function guildKey(id: string): EntityKey {
  return { kind: 'guild', id, guildID: id }
}

const names: Readonly<Record<EntityKind, string>> = {
  member: 'member',
  role: 'role',
  user: 'user',
  guild: 'guild',
  channel: 'channel',
  voiceState: 'voice state',
}

function unknown({ kind, id, guildID }: EntityKey): Problem {
  const where = kind === 'user' || kind === 'guild' ? '' : ` in the guild "${shortened(guildID ?? '')}"`
  return new Problem('not_found', `No ${names[kind]} "${shortened(id)}"${where} is known.`)
}

function shortened(id: string): string {
  return id.slice(0, 64)
}

function arraySchema(items: TSchema): TSchema {
  return { type: 'array', items }
}
