import type { Scenario } from '../../scenario.ts'
import { bearer, closed, connect, expect, ours, stop } from '../../steps.ts'
import {
  annAndBob,
  arrive,
  does,
  event,
  greet,
  needsTokens,
  newPayload,
  standing,
  subscribed,
} from './words.ts'

/** How the server ends a connection by its own doing. */
export const endingScenarios: readonly Scenario[] = [
  ours(
    'who answers no WebSocket ping is closed with 4008, and the others see them offline',
    needsTokens,
    connect('ann', '/messenger', { headers: bearer('{{token:ann}}'), silent: true }),
    subscribed('bob'),
    does('ann', 'a1', 'subscribe', {}, standing(0)),
    greet('ann', 'bob'),
    closed('ann', 4008, {}),
    expect('bob', event('offline', { userId: '{{user:ann}}' })),
  ),
  ours(
    'who answers WebSocket pings stays',
    needsTokens,
    annAndBob,
    greet('ann', 'bob'),
    connect('eve', '/messenger', { headers: bearer('{{token:eve}}'), silent: true }),
    closed('eve', 4008, {}),
    does('ann', 'a2', 'new', { chatId: '{{user:bob}}', message: 'still here' }, { messageId: 2 }),
    expect('bob', event('new', newPayload('ann', 2, 'still here'), 2)),
  ),
  ours(
    'when the gateway goes down, connections are closed with 1012',
    [...needsTokens, 'stop'],
    arrive('ann'),
    subscribed('bob'),
    stop,
    closed('ann', 1012),
    closed('bob', 1012),
  ),
]
