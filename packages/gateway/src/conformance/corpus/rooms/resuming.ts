import { integer, open, string } from '../../pattern.ts'
import type { Scenario } from '../../scenario.ts'
import { close, closed, connect, expect, ours, stop } from '../../steps.ts'
import { ask, change, enter, join, makeRoom, needsRest, packet, refusal, say } from './words.ts'

const visit = { roomId: '{{room}}', participantId: '{{ann}}' }
const standing = (recovered: boolean) =>
  packet(0, { heartbeatInterval: integer(), epoch: string('epoch'), s: integer('s', 0), recovered })
const numbered = (e: number, d: Parameters<typeof packet>[1], as = 'last') => ({
  e,
  d: d ?? {},
  s: integer(as, 1),
})
const said = (content: string) => ({ authorId: '{{annId}}', content, sentAt: integer() })

/** Positions, and coming back to one. */
export const resumingScenarios: readonly Scenario[] = [
  ours(
    'resume=1: hello says where the log stands, and packets bear their position',
    needsRest,
    makeRoom(),
    join('ann'),
    connect('ann', '/gateway', { query: { ...visit, resume: '1' } }),
    expect('ann', standing(false)),
    say('ann', 'one'),
    expect('ann', numbered(3, said('one'))),
    change({ chatLocked: true }),
    expect('ann', numbered(4, { chatLocked: true })),
  ),
  ours(
    'since and epoch give what was missed, in order, then what is new',
    needsRest,
    makeRoom(),
    join('ann'),
    connect('ann', '/gateway', { query: { ...visit, resume: '1' } }),
    expect('ann', standing(false)),
    say('ann', 'heard'),
    expect('ann', numbered(3, said('heard'))),
    close('ann'),
    say('ann', 'missed'),
    change({ roomLocked: true }),
    connect('again', '/gateway', { query: { ...visit, since: '{{last}}', epoch: '{{epoch}}' } }),
    expect('again', standing(true)),
    expect('again', numbered(3, said('missed'))),
    expect('again', numbered(4, { roomLocked: true })),
    say('ann', 'new'),
    expect('again', numbered(3, said('new'))),
  ),
  ours(
    'a position of another history: recovered is false, and nothing is replayed',
    needsRest,
    makeRoom(),
    join('ann'),
    say('ann', 'missed'),
    connect('ann', '/gateway', { query: { ...visit, since: '0', epoch: 'elsewhere' } }),
    expect('ann', standing(false)),
    say('ann', 'new'),
    expect('ann', numbered(3, said('new'))),
  ),
  ...['-1', '1.5', 'x', '9007199254740992', ''].map((since) =>
    ours(
      `since=${since} is no position: closed with 4400`,
      needsRest,
      makeRoom(),
      join('ann'),
      connect('ann', '/gateway', { query: { ...visit, since, epoch: 'e' } }),
      closed('ann', 4400),
    ),
  ),
  ours(
    'the log can be read page by page, and a position of another history is answered with 410 and where it stands',
    needsRest,
    makeRoom(),
    join('ann'),
    say('ann', 'one'),
    say('ann', 'two'),
    ask('ann', 'GET', '/events?limit=1', 200, undefined, {
      events: [open({ seq: integer('seq'), kind: 'message.created', id: string(), at: integer() })],
      position: { epoch: string('epoch'), seq: integer('place') },
      more: true,
    }),
    ask('ann', 'GET', '/events?since={{place}}&epoch={{epoch}}', 200, undefined, {
      events: [open({ kind: 'message.created' })],
      position: open({}),
      more: false,
    }),
    ask('ann', 'GET', '/events?since={{seq}}&epoch={{epoch}}', 200, undefined, {
      events: [open({ kind: 'message.created' })],
      position: open({}),
      more: false,
    }),
    ask('ann', 'GET', '/events?since=1&epoch=elsewhere', 410, undefined, {
      error: open({ code: 'gap', message: string(), position: { epoch: string(), seq: integer() } }),
    }),
    ask('ann', 'GET', '/events?since=-1&epoch={{epoch}}', 400, undefined, refusal('invalid_position')),
  ),
  ours(
    'when the gateway goes down, connections are closed with 1012',
    ['room', 'stop'],
    enter('ann', '{{participant}}'),
    stop,
    closed('ann', 1012),
  ),
]
