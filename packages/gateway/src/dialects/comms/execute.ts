import { Problem } from '../../model/problem.ts'
import { checkRoomName } from '../../model/room-name.ts'
import type { Core } from '../../ports/core.ts'
import type { DialectLimits } from '../../ports/dialect.ts'
import type { Client } from './client.ts'
import type { Command } from './decode.ts'
import { idOf, isInteger } from './ids.ts'
import { authorSpeech } from './speech.ts'

type Fields = Command['cnf']
type Effect = (core: Core, client: Client, fields: Fields, limits: DialectLimits) => Promise<void> | void

/** What each event a client sends does. */
const effects: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ['MESSAGE_CREATE', createMessage],
  ['MESSAGE_DELETE', deleteMessage],
  ['START_TYPING', (_core, client) => placeOf(client).attendee.typing()],
  ['SYSTEM_BAN_ADD', banUser],
  ['CHANNEL_ADD', addChannel],
  ['CHANNEL_MOVE', (_core, client, { channel }) => client.enter(channelId(channel))],
  ['ROOM_USER_ADD', joinChannel],
  ['ROOM_USER_REMOVE', leaveChannel],
])

/** Does what an execute asks. Rejects with a `Problem`. */
export async function execute(
  core: Core,
  client: Client,
  { t, cnf }: Command,
  limits: DialectLimits,
): Promise<void> {
  const effect = effects.get(t ?? '')
  if (effect === undefined) {
    throw new Problem('invalid_request', `"t" must be one of ${[...effects.keys()].join(', ')}.`)
  }
  await effect(core, client, cnf, limits)
}

async function createMessage(core: Core, client: Client, { content, nonce }: Fields): Promise<void> {
  const { room, attendee } = placeOf(client)
  const text = contentOf(client, content)
  const echo = nonceOf(nonce)
  const eventId = core.chat.newEventId()
  if (echo !== null) attendee.hearOwn(eventId, authorSpeech(echo, client.cipher))
  try {
    await core.chat.post(room, client.user, text, { eventId, from: client.connectionId })
  } catch (error) {
    attendee.forget(eventId)
    throw error
  }
}

function contentOf(client: Client, content: unknown): string {
  if (typeof content !== 'string') throw new Problem('invalid_request', '"content" must be a string.')
  const text = client.cipher === null ? content : client.cipher.decrypt(content)
  if (text === null) {
    throw new Problem(
      'invalid_request',
      '"content" must be encrypted with the key of this connection (enc_key).',
    )
  }
  const length = [...text].length
  if (length < 1 || length > 2000) {
    throw new Problem('invalid_request', `"content" must have 1 to 2000 characters, got ${length}.`)
  }
  return text
}

/** The nonce as JSON text; null when there is none. */
function nonceOf(nonce: unknown): string | null {
  if (nonce === undefined || nonce === null) return null
  const text = isInteger(nonce) ? String(nonce) : typeof nonce === 'string' ? JSON.stringify(nonce) : null
  const length = typeof nonce === 'string' ? nonce.length : text?.length
  if (text === null || length === undefined || length > 100)
    throw new Problem('invalid_request', '"nonce" must be an integer or a string, of at most 100 characters.')
  return text
}

async function deleteMessage(core: Core, client: Client, { messageID }: Fields): Promise<void> {
  const { room } = placeOf(client)
  const id = Number(idOf(messageID) ?? Number.NaN)
  if (!Number.isSafeInteger(id))
    throw new Problem('invalid_request', '"messageID" must be the id of a message.')
  const number = await core.chat.numberOf(room, id)
  await core.chat.remove(room, client.user, number, { from: client.connectionId })
}

/** A bot may be named as `bot`: then it must be one. */
async function banUser(core: Core, client: Client, { user, bot, reason }: Fields): Promise<void> {
  const userId = idOf(bot ?? user)
  if (userId === null) throw new Problem('invalid_request', '"user" must be the id of a user.')
  if (reason !== undefined && reason !== null && typeof reason !== 'string') {
    throw new Problem('invalid_request', '"reason" must be a string.')
  }
  if (bot !== undefined && !(await core.accounts.known(userId))?.bot) throw new Problem('unknown_bot')
  await core.accounts.ban(client.user, userId, reason ?? null)
}

async function addChannel(core: Core, client: Client, cnf: Fields, limits: DialectLimits): Promise<void> {
  const { name, description, visibility } = cnf
  if (typeof name !== 'string') throw new Problem('invalid_request', '"name" must be a string.')
  checkRoomName(name, limits.roomName)
  const text = description ?? null
  if (text !== null && (typeof text !== 'string' || text.length > 1000)) {
    throw new Problem('invalid_request', '"description" must be a string of at most 1000 characters.')
  }
  if (visibility !== undefined && typeof visibility !== 'boolean') {
    throw new Problem('invalid_request', '"visibility" must be true or false.')
  }
  const hidden = visibility === false
  await core.rooms.create({
    ...(!hidden && { id: name }),
    access: hidden ? 'members' : 'public',
    settings: { name, description: text },
    creator: { userId: client.user.userId, name: client.user.name },
  })
}

async function joinChannel(_core: Core, client: Client, { channel }: Fields): Promise<void> {
  const wanted = channel === undefined ? client.defaultChannel : channelId(channel)
  if (client.place?.room !== wanted) await client.enter(wanted)
}

function leaveChannel(_core: Core, client: Client, { channel }: Fields): void {
  const { room } = placeOf(client)
  if (channel !== undefined && channelId(channel) !== room) {
    throw new Problem('unknown_room', 'You are not in that channel.')
  }
  client.leave()
}

function placeOf(client: Client): NonNullable<Client['place']> {
  if (client.place === null)
    throw new Problem('unknown_room', 'You are in no channel; enter one with CHANNEL_MOVE.')
  return client.place
}

function channelId(channel: unknown): string {
  const id = idOf(channel)
  if (id === null) throw new Problem('invalid_request', '"channel" must be the id of a channel.')
  return id
}
