/** The protocols that meet in rooms. */
export const speakers = ['rooms', 'comms', 'channels', 'messenger'] as const
export type Speaker = (typeof speakers)[number]

/** One thing that can happen in a room, and what a client of each protocol hears of it. */
export interface Row {
  readonly event: string
  /** It has a place in the room's log, and a resume brings it back. */
  readonly kept: boolean
  /** Null: the protocol has no word for it, and nothing is sent. */
  readonly heard: Readonly<Record<Speaker, string | null>>
}

const row = (
  event: string,
  kept: boolean,
  rooms: string | null,
  comms: string | null,
  channels: string | null,
  messenger: string | null,
): Row => ({ event, kept, heard: { rooms, comms, channels, messenger } })

/** What each act becomes in each protocol. The documentation is generated from it, and the tests are. */
export const matrix: readonly Row[] = [
  row('message created', true, '3 message_create', 'MESSAGE_CREATE', 'DATA', 'new'),
  row('message edited', true, null, null, 'DATA { edited }', 'edit'),
  row('message deleted', true, null, 'MESSAGE_DELETE', 'DATA { deleted }', 'delete'),
  row('delivered', true, null, null, null, 'dlvrd, to the author'),
  row('read', true, null, null, null, 'read, to the author'),
  row('typing', false, null, 'START_TYPING', null, 'typing'),
  row('someone connects', false, null, 'ROOM_USER_ADD', 'PRESENCE:JOINED', 'online'),
  row('someone leaves', false, null, 'ROOM_USER_REMOVE', 'PRESENCE:LEFT', 'offline'),
  row('presence data changes', false, null, null, 'PRESENCE:UPDATED', null),
  row('room settings change', true, '4 room_update', null, null, null),
  row('participant kicked', true, '5 participant_kick', 'ROOM_USER_REMOVE', 'PRESENCE:LEFT', null),
  row('participant changed', true, '6 participant_update', null, null, null),
  row(
    'room closed',
    true,
    '7 room_close, closed 4010',
    'SERVER_MESSAGE, then CHANNEL_MOVE to the default channel',
    'ERROR ROOM_CLOSED, closed',
    null,
  ),
  row('data emitted, a message', true, '3 message_create', 'MESSAGE_CREATE', 'DATA, verbatim', 'new'),
  row('data emitted, no message', true, null, null, 'DATA, verbatim', null),
  row(
    'the gateway goes down',
    false,
    'closed 1012',
    'GATEWAY_DOWN, error 4003, closed 4003',
    'ERROR GATEWAY_DOWN, closed 1012',
    'closed 1012',
  ),
]

/** The table as Markdown. */
export function matrixPage(): string {
  const cells = ({ event, kept, heard }: Row) => [
    kept ? event : `${event} *`,
    ...speakers.map((speaker) => (heard[speaker] === null ? '—' : `\`${heard[speaker]}\``)),
  ]
  const table = [['event', ...speakers], ['---', ...speakers.map(() => '---')], ...matrix.map(cells)]
  return `${introduction}\n${table.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n\n${footnotes}`
}

const introduction = `# What each act becomes in each protocol

<!-- Generated from packages/gateway/test/matrix/matrix.ts by \`npm run docs\`; the tests do every act and compare every frame. -->

Clients of all protocols meet in the same rooms. Whatever one of them does, everyone else hears of it in the words of their own protocol, in one
order; where a protocol has no word for something, nothing is sent.
`

const footnotes = `\\* not kept: it is told to those who are there, has no place in the room's log, and no resume brings it back.

- Data emitted over HTTP *is a message* when it is an object with a string \`content\` and is for everyone. Its author is the subject of the
  emitter's token, or \`anonymous\`; never one named in the payload.
- A message that was written elsewhere reaches \`channels\` as \`DATA\` with the payload \`{ messageId, authorId, content, sentAt }\`.
- A user with several connections joins once and leaves once. In \`channels\`, who comes without a token is a member of their own.
- In \`messenger\` a user hears of the chats they are a participant of, whether connected to them or not; \`online\` and \`offline\` go to those who
  share a chat.
- \`services\` stands apart: it carries commands and cached entities, not rooms.
`
