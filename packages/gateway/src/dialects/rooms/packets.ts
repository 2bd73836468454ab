/** The event ids of `rooms`: the `e` of a packet `{ e, d }`. */
export const packets = {
  hello: 0,
  heartbeat: 1,
  heartbeatAck: 2,
  messageCreate: 3,
  roomUpdate: 4,
  participantKick: 5,
  participantUpdate: 6,
  roomClose: 7,
} as const

/** What only the server says, and for whoever tried to: how a client does it. */
export const serverOnly: ReadonlyMap<number, string> = new Map([
  [packets.hello, 'Only the server says hello (0).'],
  [packets.messageCreate, 'Write a message with POST /api/rooms/:roomId/messages.'],
  [packets.roomUpdate, 'Change the room with PATCH /api/rooms/:roomId.'],
  [packets.participantKick, 'Kick with DELETE /api/rooms/:roomId/participants/:userId.'],
  [packets.participantUpdate, 'Change a participant with PATCH /api/rooms/:roomId/participants/:userId.'],
  [packets.roomClose, 'Close the room with DELETE /api/rooms/:roomId.'],
])

export const heartbeatPacket = '{"e":1,"d":{}}'
export const heartbeatAckPacket = '{"e":2,"d":{}}'
