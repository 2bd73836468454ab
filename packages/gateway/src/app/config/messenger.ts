import Type from 'typebox'
import { defaultMessengerOptions as defaults } from '../../dialects/messenger/options.ts'
import { whole } from './fields.ts'

export const messengerSection = Type.Object(
  {
    openDialogs: Type.Boolean({
      default: true,
      description:
        'Whether a dialog can be begun with someone one shares no room with: in production mode anyone who has presented a token, in development mode any user id.',
    }),
    pingInterval: whole(
      defaults.pingInterval,
      'How often a client is sent a WebSocket ping, in milliseconds.',
      1,
    ),
    pongTimeout: whole(
      defaults.pongTimeout,
      'How long a client may stay silent after a ping, in milliseconds.',
      1,
    ),
    maxMessage: whole(defaults.maxMessage, 'How long the text of a message may be, in characters.', 1),
    maxGroup: whole(
      defaults.maxGroup,
      'How many users a group may be made with, its maker included.',
      1,
      10_000,
    ),
  },
  { description: 'The protocol `messenger`.' },
)
