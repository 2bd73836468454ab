import Type from 'typebox'
import { defaultCommsOptions as defaults } from '../../dialects/comms/options.ts'
import { whole } from './fields.ts'

export const commsSection = Type.Object(
  {
    heartbeatInterval: whole(
      defaults.heartbeatInterval,
      'How often a client is to send a heartbeat, in milliseconds.',
      1,
    ),
    grace: whole(defaults.grace, 'How much longer than that it may be silent, in milliseconds.', 1),
    identifyTimeout: whole(
      defaults.identifyTimeout,
      'How long a client may take to present itself, in milliseconds.',
      1,
    ),
    defaultChannel: Type.String({
      default: defaults.defaultChannel,
      minLength: 1,
      maxLength: 200,
      description: 'The channel a client is placed in, and moved to when it loses its own.',
    }),
    maxPayload: whole(defaults.maxPayload, 'The largest inbound message, in bytes.', 128),
    encryption: Type.Enum(['off', 'required'], {
      default: defaults.encryption,
      description:
        '`required`: message contents are encrypted for each client with a key of its own. Not end to end: the gateway reads them.',
    }),
  },
  { description: 'The protocol `comms`.' },
)
