import { integer } from '../../pattern.ts'
import type { Scenario } from '../../scenario.ts'
import { close, closed, expect, expectZipped, ours, send, source } from '../../steps.ts'
import { arrive, beats, closedFor, command, identified, identity, needsSecret, serve } from './words.ts'

/** Events between services. */
export const commandScenarios: readonly Scenario[] = [
  source(
    'EXECUTE_COMMAND from a sharder reaches a commands service as it is',
    needsSecret,
    serve('worker', 'commands'),
    serve('bot', 'sharder'),
    send('bot', { op: 2, t: 'EXECUTE_COMMAND', d: command }),
    expect('worker', { op: 2, t: 'EXECUTE_COMMAND', d: command }),
  ),
  source(
    'an event from a service that may not send it closes the connection',
    needsSecret,
    serve('ann', 'panel'),
    send('ann', { op: 2, t: 'EXECUTE_COMMAND', d: command }),
    closed('ann', integer()),
  ),
  ours(
    'an event from a service that may not send it closes with 4006',
    needsSecret,
    serve('ann', 'commands'),
    send('ann', { op: 2, t: 'EXECUTE_COMMAND', d: command }),
    closed('ann', 4006),
    serve('bob', 'sharder'),
    send('bob', { op: 2, t: 'IDENTIFIED', d: {} }),
    closed('bob', 4006),
  ),
  ours(
    'the command may be absent, and unknown fields are dropped',
    needsSecret,
    serve('worker', 'commands'),
    serve('bot', 'sharder'),
    send('bot', { op: 2, t: 'EXECUTE_COMMAND', d: { raw: '', ids: { ...command.ids, more: 1 }, more: 2 } }),
    expect('worker', { op: 2, t: 'EXECUTE_COMMAND', d: { raw: '', ids: command.ids } }),
  ),
  ...[
    ['no raw', { ...command, raw: undefined }],
    ['an id that is a number', { ...command, ids: { ...command.ids, guild: 5 } }],
    ['a shard that is a string', { ...command, ids: { ...command.ids, shard: '1' } }],
    ['no ids', { ...command, ids: undefined }],
  ].map(([what, d]) =>
    ours(
      `EXECUTE_COMMAND with ${what as string} closes with 4005`,
      needsSecret,
      serve('bot', 'sharder'),
      closedFor({ op: 2, t: 'EXECUTE_COMMAND', d }, 4005, 'bot'),
    ),
  ),
  ours(
    'a command goes to one worker: the one that has been given less',
    needsSecret,
    serve('one', 'commands'),
    beats('one', { heapUsed: 1 }),
    serve('bot', 'sharder'),
    send('bot', { op: 2, t: 'EXECUTE_COMMAND', d: { ...command, raw: 'first' } }),
    expect('one', { op: 2, t: 'EXECUTE_COMMAND', d: { ...command, raw: 'first' } }),
    serve('two', 'commands'),
    beats('two', { heapUsed: 1 }),
    send('bot', { op: 2, t: 'EXECUTE_COMMAND', d: { ...command, raw: 'second' } }),
    expect('two', { op: 2, t: 'EXECUTE_COMMAND', d: { ...command, raw: 'second' } }),
    beats('one', { heapUsed: 1 }),
  ),
  ours(
    'a command that nobody can take waits, in order, for the next worker',
    needsSecret,
    serve('bot', 'sharder'),
    ...['first', 'second'].map((raw) => send('bot', { op: 2, t: 'EXECUTE_COMMAND', d: { ...command, raw } })),
    beats('bot', { heapUsed: 1, guilds: 1 }),
    serve('worker', 'commands'),
    ...['first', 'second'].map((raw) =>
      expect('worker', { op: 2, t: 'EXECUTE_COMMAND', d: { ...command, raw } }),
    ),
  ),
  ours(
    'what waits for a session that is gone on with comes to it',
    needsSecret,
    arrive('worker'),
    send('worker', identity('commands', { compress: true })),
    expectZipped('worker', identified()),
    close('worker'),
    serve('bot', 'sharder'),
    send('bot', { op: 2, t: 'EXECUTE_COMMAND', d: command }),
    beats('bot', { heapUsed: 1, guilds: 1 }),
    arrive('again'),
    send('again', identity('commands', { session: '{{session}}', compress: true })),
    expectZipped('again', { op: 2, t: 'IDENTIFIED', d: { session: '{{session}}', resumed: true } }),
    expectZipped('again', { op: 2, t: 'EXECUTE_COMMAND', d: command }),
  ),
]
