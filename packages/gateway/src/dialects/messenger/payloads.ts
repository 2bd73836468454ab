import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Problem } from '../../model/problem.ts'
import { longestRoomName } from '../../model/room-name.ts'
import { attachmentsSchema } from './attachments.ts'

const chatId = Type.String({ minLength: 1, maxLength: 200 })
const userId = Type.String({ minLength: 1, maxLength: 200 })
const number = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
/** An event's id, or 0: before the first. */
const place = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const message = Type.String({ minLength: 1 })
const oneMessage = Type.Object({ chatId, messageId: number })

/** The one that came with the ids. */
const epoch = Type.Optional(Type.String({ maxLength: 100 }))

/** A group's members are named with or without its maker. */
export function groupPayload(roomName: number, maxGroup: number) {
  return Type.Object({
    groupName: Type.String({ minLength: 1, maxLength: roomName }),
    members: Type.Array(userId, { maxItems: maxGroup }),
  })
}

/** What each request takes, where nothing narrower is configured. Fields that are not named here are ignored. */
export const payloads = {
  new: Type.Object({
    chatId,
    message: Type.Optional(Type.String()),
    attachments: Type.Optional(attachmentsSchema),
  }),
  edit: Type.Object({ chatId, messageId: number, message }),
  delete: oneMessage,
  dlvrd: oneMessage,
  read: oneMessage,
  subscribe: Type.Object({ lastEventId: Type.Optional(place), epoch }),
  getMessage: oneMessage,
  getMessages: Type.Object({
    chatId,
    endId: Type.Optional(number),
    count: Type.Integer({ minimum: 1, maximum: 100 }),
  }),
  getChat: Type.Object({ chatId }),
  getChats: Type.Object({
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    afterChatId: Type.Optional(chatId),
  }),
  getEvent: Type.Object({ eventId: number }),
  getEvents: Type.Object({ fromEventId: place, epoch }),
  createGroup: groupPayload(longestRoomName, 10_000),
  leave: Type.Object({ chatId }),
  invite: Type.Object({ chatId, userId }),
  typing: Type.Object({ chatId }),
} as const

export type RequestName = keyof typeof payloads
export type Payload<Name extends RequestName> = Static<(typeof payloads)[Name]>

const checks = new Map<string, ReturnType<typeof Compile<TSchema>>>(
  Object.entries(payloads).map(([name, schema]) => [name, Compile(schema as TSchema)]),
)

export function isRequestName(name: string): name is RequestName {
  return checks.has(name)
}

/** Throws `invalid_payload`, naming where it does not fit. An absent payload is an empty one. */
export function checkPayload<Name extends RequestName>(name: Name, payload: unknown): Payload<Name> {
  const given = payload ?? {}
  const check = checks.get(name)!
  if (!check.Check(given)) throw new Problem('invalid_payload', misfit(check.Errors(given)))
  return given as Payload<Name>
}

interface Misfit {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

function misfit(misfits: readonly Misfit[]): string {
  // Of an attachment, the choice among its kinds says less than what is wrong in it, and comes first in no order.
  const deepest = [...misfits].sort((a, b) => depth(b) - depth(a))[0]
  if (deepest === undefined) return 'payload does not have the shape of this request.'
  const path = `payload${deepest.instancePath.replaceAll('/', '.')}`
  if (deepest.keyword === 'required') {
    const { requiredProperties } = deepest.params as { requiredProperties: string[] }
    return `${path}.${requiredProperties[0]} is missing.`
  }
  return `${path} ${deepest.message}.`
}

function depth({ instancePath }: Misfit): number {
  return instancePath.split('/').length
}
