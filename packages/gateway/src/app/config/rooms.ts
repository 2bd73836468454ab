import Type from 'typebox'
import { defaultCoreSettings } from '../../core/settings.ts'
import { defaultRoomsOptions } from '../../dialects/rooms/options.ts'
import { longestRoomName } from '../../model/room-name.ts'
import { whole } from './fields.ts'

const hour = 3_600_000

export const roomsSection = Type.Object(
  {
    perConnection: whole(
      defaultCoreSettings.roomsPerConnection,
      'How many rooms one connection may be in at a time.',
      1,
    ),
    maxParticipants: whole(
      defaultCoreSettings.maxParticipants,
      'Participants of a room that was made without saying how many.',
      1,
      10_000,
    ),
    maxName: whole(
      longestRoomName,
      'How long the name of a public room or a group may be, in characters, in the protocols that name any. Longer ones that are there already can no longer be used by name.',
      1,
      longestRoomName,
    ),
    guessesPerAddress: whole(
      defaultCoreSettings.guessing.perAddress,
      'Wrong admin passwords a minute for one room from one address.',
      1,
    ),
    guessesPerRoom: whole(
      defaultCoreSettings.guessing.perRoom,
      'Wrong admin passwords a minute for one room, from all addresses together.',
      1,
    ),
    idleHours: whole(
      defaultCoreSettings.idleRoom / hour,
      'How many hours without a message until a room is closed; 0: never.',
    ),
    heartbeatInterval: whole(
      defaultRoomsOptions.heartbeatInterval,
      'How often the server beats, and at least how often a client must, in milliseconds.',
      1,
    ),
    heartbeatGrace: whole(
      defaultRoomsOptions.heartbeatGrace,
      'How much longer than the interval a client may take, in milliseconds.',
      1,
    ),
    messagesPerSecond: whole(
      defaultCoreSettings.publishing.perSecond,
      'What one connection, or over HTTP one caller, may write, edit, delete, emit, kick and change a second in one room for long, whatever the protocol; 0: no limit.',
    ),
    messageBurst: whole(
      defaultCoreSettings.publishing.burst,
      'What one connection or caller may write, edit, delete, emit, kick and change in one room at once.',
      1,
    ),
    joinsPerSecond: whole(
      defaultCoreSettings.joining.perSecond,
      'Rooms made and joined for good a second, from one address or by one user, for long, whatever the protocol; 0: no limit.',
    ),
    joinBurst: whole(
      defaultCoreSettings.joining.burst,
      'Rooms made and joined for good from one address or by one user at once.',
      1,
    ),
  },
  { description: 'Rooms, and the protocol `rooms`.' },
)
