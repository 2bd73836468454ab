import type { Target } from '../bombard.ts'
import { itself, oneOf, string } from '../demands.ts'
import { ids } from './mallory.ts'

export const channels: Target = {
  path: '/lobby/listen',
  parties: [
    {
      marker: { says: { type: 'MARKER' }, answer: /MARKER/ },
      vocabulary: {
        proper: [
          { frame: { type: 'PONG' }, demands: { type: oneOf('PONG', 'pong', 'ACK', 'PRESENCE') } },
          {
            frame: { type: 'ACK', payload: { eventID: 'evt_AAAAAAAAAAAAAAAA' } },
            demands: {
              type: oneOf('PONG', 'pong', 'ACK', 'PRESENCE'),
              payload: itself,
              'payload.eventID': string(),
            },
          },
          {
            frame: { type: 'PRESENCE', payload: { username: 'Mallory', status: { deep: [1, 2, 3] } } },
            demands: {
              type: oneOf('PONG', 'pong', 'ACK', 'PRESENCE'),
              payload: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
              'payload.username': (value) => JSON.stringify(value ?? '').length < 1900,
            },
          },
        ],
        improper: [{ type: 'DATA' }, { type: 'CONNECTED', payload: {} }, { type: 'ACK ' }, { payload: {} }],
        names: ['type', 'payload', 'eventID', 'clientID', 'latency', 'username'],
        values: ['PONG', 'ACK', 'PRESENCE', 'pong', 'DATA', 'CONNECTED', 'ERROR', ...ids],
      },
    },
  ],
  refusal: /"type":"ERROR".*"(INVALID_JSON|INVALID_MESSAGE|UNKNOWN_TYPE)"/s,
  closings: [],
}
