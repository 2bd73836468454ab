import { type Entity, type EntityKind, entityKinds } from '../entity.ts'
import { asId, asList, asObject, checkFields, type Json, refuse } from './check.ts'
import { shapes } from './shapes.ts'

/**
 * The entities in what a service sent to be cached: one, or an array of them, each naming its kind in `type`. What is
 * nested in a guild or a member comes after it as an entity of its own, with the ids it takes from there filled in.
 *
 * Lazy, so that a large message can be worked off bit by bit. Throws `invalid_request`, naming the path, at the first
 * thing that is wrong: what came before must not be kept without what follows.
 */
export function* unfold(data: unknown, path = 'd'): Generator<Entity> {
  if (!Array.isArray(data)) {
    yield* unfoldOne(asObject(data, path), path)
    return
  }
  for (const [i, one] of data.entries()) yield* unfoldOne(asObject(one, `${path}[${i}]`), `${path}[${i}]`)
}

function* unfoldOne(given: Json, path: string): Generator<Entity> {
  const kind = kindOf(given.type, `${path}.type`)
  switch (kind) {
    case 'guild':
      yield* guild(given, path)
      break
    case 'member':
      yield* member(given, asId(given.guildID, `${path}.guildID`), path)
      break
    case 'voiceState':
      yield voiceState(given, asId(given.guildID, `${path}.guildID`), path)
      break
    case 'user':
      yield user(given, asId(given.id, `${path}.id`), path)
      break
    case 'role':
      yield role(given, optionalId(given.guildID, `${path}.guildID`), path)
      break
    case 'channel':
      yield channel(withOwnType(given, path), optionalId(given.guildID, `${path}.guildID`), path)
  }
}

/** A channel that stands alone says its own type as `channelType`, since `type` names its kind. */
function withOwnType(given: Json, path: string): Json {
  const { type: _, channelType, ...rest } = given
  if (channelType === undefined || channelType === null) return rest
  if (!Number.isSafeInteger(channelType)) refuse(`${path}.channelType`, 'an integer')
  return { ...rest, type: channelType }
}

function kindOf(type: unknown, path: string): EntityKind {
  const kind = entityKinds.find((one) => one === type)
  return kind ?? refuse(path, `one of ${entityKinds.join(', ')}`)
}

function* guild(given: Json, path: string): Generator<Entity> {
  const id = asId(given.id, `${path}.id`)
  yield entity('guild', id, id, { id, ...checkFields(shapes.guild, given, path) })
  for (const [one, at] of parts('roles', given, id, path)) yield role(one, id, at)
  for (const [one, at] of parts('channels', given, id, path)) yield channel(one, id, at)
  for (const [one, at] of parts('members', given, id, path)) yield* member(one, id, at)
  for (const [one, at] of parts('voiceStates', given, id, path)) yield voiceState(one, id, at)
}

/** What is nested in a guild: it may name its guild, but no other. */
function* parts(name: string, guild: Json, guildID: string, path: string): Generator<[Json, string]> {
  for (const [i, one] of asList(guild[name], `${path}.${name}`).entries()) {
    const at = `${path}.${name}[${i}]`
    const part = asObject(one, at)
    if (part.guildID != null && part.guildID !== guildID)
      refuse(`${at}.guildID`, 'the id of the guild around it')
    yield [part, at]
  }
}

function* member(given: Json, guildID: string, path: string): Generator<Entity> {
  const id = asId(given.id, `${path}.id`)
  yield entity('member', id, guildID, { id, guildID, ...checkFields(shapes.member, given, path) })
  if (given.user == null) return
  const own = asObject(given.user, `${path}.user`)
  if (own.id != null && own.id !== id) refuse(`${path}.user.id`, 'the id of the member around it')
  yield user(own, id, `${path}.user`)
}

function role(given: Json, guildID: string | null, path: string): Entity {
  const id = asId(given.id, `${path}.id`)
  return entity('role', id, guildID, { id, ...inGuild(guildID), ...checkFields(shapes.role, given, path) })
}

function channel(given: Json, guildID: string | null, path: string): Entity {
  const id = asId(given.id, `${path}.id`)
  return entity('channel', id, guildID, {
    id,
    ...inGuild(guildID),
    ...checkFields(shapes.channel, given, path),
  })
}

function user(given: Json, id: string, path: string): Entity {
  return entity('user', id, null, { id, ...checkFields(shapes.user, given, path) })
}

/** A null channel says that the user has left. */
function voiceState(given: Json, guildID: string, path: string): Entity {
  const userID = asId(given.userID, `${path}.userID`)
  const fields = { guildID, userID, ...checkFields(shapes.voiceState, given, path) }
  return { ...entity('voiceState', userID, guildID, fields), gone: given.channelID === null }
}

function inGuild(guildID: string | null): { guildID?: string } {
  return guildID === null ? {} : { guildID }
}

function entity(kind: EntityKind, id: string, guildID: string | null, fields: Json): Entity {
  return { kind, id, guildID, fields, gone: false }
}

function optionalId(value: unknown, path: string): string | null {
  return value == null ? null : asId(value, path)
}
