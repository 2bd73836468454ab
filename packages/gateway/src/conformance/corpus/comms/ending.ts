import { integer, open } from '../../pattern.ts'
import type { Scenario } from '../../scenario.ts'
import { closed, expect, expectAmid, ours, send, source, stop } from '../../steps.ts'
import {
  annAndBob,
  enter,
  error,
  event,
  execute,
  identify,
  messageOf,
  needsTokens,
  open100,
  placed,
  present,
  ready,
} from './words.ts'

const beat = { f: 120 }
const flood = 2000

/** How the server ends a connection by its own doing. */
export const endingScenarios: readonly Scenario[] = [
  source(
    'GATEWAY_DOWN is told before the gateway goes down',
    ['tokens', 'stop'],
    identify('ann'),
    stop,
    expect('ann', open({ f: 130, t: 'GATEWAY_DOWN' })),
    expect('ann', open({ f: 150, cnf: open({ c: integer(), d: true }) })),
    closed('ann', integer()),
  ),
  ours(
    'when the gateway goes down, GATEWAY_DOWN is followed by error 4003, and closed with 4003',
    ['tokens', 'stop'],
    enter('ann'),
    stop,
    expect('ann', event('GATEWAY_DOWN', {})),
    expect('ann', error(4003, true)),
    closed('ann', 4003),
  ),
  ours(
    'who sends too much gets error 4002, which says when to try again, and is closed with 4002',
    needsTokens,
    enter('ann'),
    ...Array.from({ length: flood }, () => send('ann', beat)),
    expectAmid(
      'ann',
      beat,
      open({ f: 150, cnf: open({ c: 4002, d: true, retry_after: integer(undefined, 1) }) }),
    ),
    closed('ann', 4002),
  ),
  ours(
    'a resume takes over from a connection that still looks open: error 4007, closed with 4007, and nobody sees the user leave',
    needsTokens,
    annAndBob,
    open100('old'),
    present('old', '{{token:eve}}'),
    expect('old', { f: 140, cnf: open({ v: 6, session_id: integer('session', 1) }) }),
    expect('old', placed),
    execute('old', 'CHANNEL_MOVE', { channel: 'conform-{{run}}' }),
    expect('old', event('CHANNEL_MOVE', open({}))),
    ...['ann', 'bob'].map((by) => expect(by, event('ROOM_USER_ADD', open({})))),
    execute('ann', 'MESSAGE_CREATE', { content: 'before' }),
    ...['ann', 'bob', 'old'].map((by) => expect(by, messageOf('ann', 'before'))),
    open100('new'),
    present('new', '{{token:eve}}', { session_id: '{{session}}', s: '{{s}}' }),
    expect('old', error(4007, true)),
    closed('old', 4007),
    expect('new', { f: 140, cnf: open({ session_id: '{{session}}', resumed: true }) }),
    execute('ann', 'MESSAGE_CREATE', { content: 'after' }),
    ...['ann', 'bob', 'new'].map((by) => expect(by, messageOf('ann', 'after'))),
  ),
  ours(
    'two connections of a user have a session each, and leave one another alone',
    needsTokens,
    identify('ann'),
    expect('ann', placed),
    open100('other'),
    present('other', '{{token:ann}}'),
    expect('other', ready),
    expect('other', placed),
    ...['ann', 'other'].flatMap((by) => [send(by, beat), expect(by, beat)]),
  ),
]
