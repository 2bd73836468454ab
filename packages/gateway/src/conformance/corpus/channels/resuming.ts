import { each, like, type Pattern, string } from '../../pattern.ts'
import type { Scenario } from '../../scenario.ts'
import { close, closed, connect, expect, ours, refused, stop } from '../../steps.ts'
import { data, emit, error, exactly, failed, greeting, joins, listen, listening } from './words.ts'

const connected = (by: string, payload: Parameters<typeof greeting>[1], id: Pattern = like('^client_', by)) =>
  expect(by, exactly('CONNECTED', greeting(each({ $: 'any' }), payload), id))

/** A listener whose greeting is captured: its id, its token, and the place in the channel. */
const annWithToken = [
  connect('ann', listening),
  expect('ann', {
    type: 'CONNECTED',
    payload: { members: [], resumeToken: string('key') },
    eventID: like('^evt_', 'start'),
    clientID: like('^client_', 'ann'),
    latency: 0,
  }),
]

const stream = { stream: true, bare: true }

/** Coming back, over WebSocket and server-sent events. */
export const resumingScenarios: readonly Scenario[] = [
  ours(
    'since=<eventID> gives what was missed, once each and in order, then what is new',
    [],
    listen('ann'),
    emit(1),
    expect('ann', exactly('DATA', 1, '{{ann}}', like('^evt_', 'last'))),
    close('ann'),
    emit(2),
    emit(3),
    connect('again', listening, { query: { since: '{{last}}' } }),
    connected('again', { recovered: true }),
    data('again', 2),
    data('again', 3),
    emit(4),
    data('again', 4),
  ),
  ours(
    'the eventID of CONNECTED is a place to go on from, too',
    [],
    annWithToken,
    close('ann'),
    emit(1),
    connect('again', listening, { query: { since: '{{start}}' } }),
    connected('again', { recovered: true }),
    data('again', 1),
  ),
  ours(
    'what was emitted to others is not replayed',
    [],
    annWithToken,
    listen('bob'),
    joins('ann', 'bob'),
    close('ann'),
    expect('bob', exactly('PRESENCE:LEFT', { clientID: '{{ann}}' }, '{{bob}}')),
    emit('for bob', { clients: '{{bob}}' }),
    emit('for all'),
    data('bob', 'for bob'),
    data('bob', 'for all'),
    connect('again', listening, { query: { since: '{{start}}' } }),
    connected('again', { recovered: true }),
    joins('bob', 'again'),
    data('again', 'for all'),
  ),
  ours(
    'since an event that is not known: recovered is false, and nothing is replayed',
    [],
    emit(1),
    connect('ann', listening, { query: { since: 'evt_AAAAAAAAAAAAAAAA' } }),
    connected('ann', { recovered: false }),
    emit(2),
    data('ann', 2),
  ),
  ours(
    'since something that is no eventID is refused with 400',
    [],
    refused(listening, 400, failed('INVALID_POSITION'), { query: { since: 'not an id' } }),
  ),
  ours(
    'clientID and resumeToken keep the id',
    [],
    annWithToken,
    close('ann'),
    connect('again', listening, { query: { clientID: '{{ann}}', resumeToken: '{{key}}' } }),
    connected('again', { resumed: true }, '{{ann}}'),
  ),
  ours(
    'a resumeToken that is not right gives a new id',
    [],
    annWithToken,
    close('ann'),
    connect('again', listening, { query: { clientID: '{{ann}}', resumeToken: '{{key}}x' } }),
    connected('again', { resumed: false }, like('^(?!{{ann}}$)client_')),
  ),
  ours(
    'who comes back while the old connection still looks open takes its place, and nobody sees it leave',
    [],
    annWithToken,
    listen('bob'),
    joins('ann', 'bob'),
    connect('again', listening, { query: { clientID: '{{ann}}', resumeToken: '{{key}}' } }),
    expect('ann', error('REPLACED', '{{ann}}')),
    closed('ann', 4409),
    connected('again', { resumed: true }, '{{ann}}'),
    emit(1),
    data('bob', 1),
    expect('again', exactly('DATA', 1, '{{ann}}')),
  ),
  ours(
    'with Accept: text/event-stream the same frames come as server-sent events',
    [],
    connect('ann', listening, stream),
    connected('ann', {}),
    listen('bob'),
    joins('ann', 'bob'),
    emit({ a: 1 }),
    data('ann', { a: 1 }),
    data('bob', { a: 1 }),
  ),
  ours(
    'Last-Event-ID gives an event stream what was missed',
    [],
    annWithToken,
    close('ann'),
    emit(1),
    emit(2),
    connect('again', listening, { ...stream, headers: { 'last-event-id': '{{start}}' } }),
    connected('again', { recovered: true }),
    data('again', 1),
    data('again', 2),
  ),
  ours(
    'an event stream is never asked to acknowledge',
    [],
    connect('ann', listening, stream),
    connected('ann', {}),
    {
      do: 'request',
      method: 'POST',
      path: '/conform-{{run}}/emit',
      query: { 'require-ack': 'true' },
      json: 'acknowledged by nobody',
      reply: { status: 200, json: { success: true, eventID: like('^evt_'), clients: 1, acked: [] } },
    },
    data('ann', 'acknowledged by nobody'),
  ),
  ours(
    'when the gateway goes down, listeners get ERROR GATEWAY_DOWN and are closed with 1012',
    ['stop'],
    listen('ann'),
    stop,
    expect('ann', error('GATEWAY_DOWN', '{{ann}}')),
    closed('ann', 1012),
  ),
]
