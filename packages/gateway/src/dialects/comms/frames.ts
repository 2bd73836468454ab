import type { Member } from '../../model/event.ts'
import type { Message } from '../../model/message.ts'
import type { Room } from '../../model/room.ts'
import type { CommsError } from './errors.ts'
import { idText, uuidOf } from './ids.ts'

/** Every frame the gateway sends, as JSON text. */

export const heartbeatFrame = '{"f":120}'

export function helloFrame(heartbeatInterval: number): string {
  return `{"f":100,"cnf":{"hb_int":${heartbeatInterval}}}`
}

export interface Ready {
  readonly sessionId: number
  readonly key: string
  /** Only in answer to a resume. */
  readonly resumed?: boolean
}

export function readyFrame({ sessionId, key, resumed }: Ready): string {
  const cnf = { v: 6, session_id: sessionId, enc_key: key, ...(resumed !== undefined && { resumed }) }
  return JSON.stringify({ f: 140, cnf })
}

export function errorFrame(error: CommsError): string {
  return JSON.stringify({ f: 150, cnf: error })
}

/** An event: `seq` is the room's, absent for what is not kept. `cnf` is JSON text. */
export function executeFrame(event: string, cnf: string, seq: number | null): string {
  const s = seq === null ? '' : `,"s":${seq}`
  return `{"f":130,"cnf":${cnf}${s},"t":"${event}"}`
}

export interface Person {
  readonly id: string
  readonly name: string
  readonly admin: boolean
}

export function userText({ id, name, admin }: Person): string {
  return `{"id":${idText(id)},"name":${JSON.stringify(name)},"uuid":"${uuidOf(id)}","admin":${admin},"bio":""}`
}

export function memberText(member: Member): string {
  return userText({ id: member.userId ?? member.id, name: member.name, admin: member.admin })
}

export function authorText({ authorId, authorName, authorAdmin }: Message): string {
  return userText({ id: authorId, name: authorName, admin: authorAdmin })
}

/** `nonce` is the author's own, as JSON text. */
export function messageText(message: Message, content: string, nonce?: string): string {
  const echo = nonce === undefined ? '' : `,"nonce":${nonce}`
  return `{"user":${authorText(message)},"content":${JSON.stringify(content)},"messageID":${message.id}${echo}}`
}

export function channelText(room: Room): string {
  const creator = room.creatorId === null ? 'null' : idText(room.creatorId)
  const name = JSON.stringify(room.name ?? room.id)
  const description = JSON.stringify(room.description ?? '')
  const visibility = room.access === 'public'
  return `{"id":${idText(room.id)},"name":${name},"description":${description},"visibility":${visibility},"creator":${creator}}`
}

export function moveFrame(room: Room, members: readonly Member[]): string {
  const cnf = `{"channel":${channelText(room)},"users":[${members.map(memberText).join(',')}]}`
  return executeFrame('CHANNEL_MOVE', cnf, null)
}

export function serverMessageFrame(content: string): string {
  return executeFrame('SERVER_MESSAGE', JSON.stringify({ content }), null)
}
