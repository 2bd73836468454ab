import type { Caller } from './caller.ts'
import { createGroup, getChat, getChats, invite, leaveChat, typing } from './chat-requests.ts'
import { getEvent, getEvents } from './event-requests.ts'
import {
  deleteMessage,
  editMessage,
  getMessage,
  getMessages,
  markMessages,
  writeMessage,
} from './message-requests.ts'
import type { Payload, RequestName } from './payloads.ts'

/** Does what is asked and gives what answers it, as JSON text, or nothing. Rejects with a `Problem`. */
type Request<Name extends RequestName> = (
  caller: Caller,
  payload: Payload<Name>,
  key: string,
) => Promise<string> | Promise<void>

/** Every request but `subscribe`, whose answer comes in the midst of what it does. */
export const requests: { readonly [Name in Exclude<RequestName, 'subscribe'>]: Request<Name> } = {
  new: writeMessage,
  edit: editMessage,
  delete: deleteMessage,
  dlvrd: (caller, payload) => markMessages(caller, 'delivered', payload),
  read: (caller, payload) => markMessages(caller, 'read', payload),
  getMessage,
  getMessages,
  getChat,
  getChats,
  getEvent,
  getEvents,
  createGroup,
  leave: leaveChat,
  invite,
  typing,
}
