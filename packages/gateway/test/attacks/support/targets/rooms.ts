import type { Target } from '../bombard.ts'
import { oneOf } from '../demands.ts'
import { ids, token } from './mallory.ts'

export const rooms: Target = {
  path: '/gateway',
  query: { roomId: 'lobby', participantId: token },
  parties: [
    {
      vocabulary: {
        proper: [
          { frame: { e: 1, d: {} }, demands: { e: oneOf(1, 2) } },
          { frame: { e: 2, d: {} }, demands: { e: oneOf(1, 2) } },
        ],
        improper: [
          { e: 0, d: { heartbeatInterval: 1 } },
          { e: 3, d: { authorId: 'ann', content: 'x', sentAt: 1 } },
          { e: 5, d: { userId: 'ann' } },
          { e: 7, d: {} },
          { e: 8, d: {} },
          { e: -1, d: {} },
        ],
        names: ['e', 'd', 's', 'userId', 'content', 'authorId'],
        values: [0, 1, 2, 3, 4, 5, 6, 7, 8, ...ids],
      },
    },
  ],
  refusal: null,
  closings: [1003, 1009, 4002, 4003],
}
