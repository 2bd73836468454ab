import { any, each, integer, like, open, string } from '../../pattern.ts'
import type { Scenario } from '../../scenario.ts'
import { bearer, expect, ours, request, source } from '../../steps.ts'
import { annAndBob, data, emit, emitted, emitting, eventId, failed, frame, history, listen } from './words.ts'

const hello = { hello: 'world' }
const got = (by: string, payload: { readonly [field: string]: string } | number) =>
  expect(by, frame('DATA', payload, `{{${by}}}`))

/** Emitting: to whom it goes, what is answered, and what history keeps. */
export const emittingScenarios: readonly Scenario[] = [
  source(
    'a POSTed JSON body reaches everyone as DATA',
    [],
    annAndBob,
    emit(hello),
    got('ann', hello),
    got('bob', hello),
  ),
  source(
    'the parameters of a GET reach everyone as DATA',
    [],
    annAndBob,
    request('GET', emitting, { query: hello }, 200),
    got('ann', hello),
    got('bob', hello),
  ),
  source(
    'clients=<id> reaches only that client, and no query parameter is part of the payload',
    [],
    annAndBob,
    request('GET', emitting, { query: { clients: '{{bob}}', to: 'bob' } }, 200),
    got('bob', { to: 'bob' }),
    emit(hello),
    got('ann', hello),
    got('bob', hello),
  ),
  source(
    'clients=<id>,<id> reaches these clients',
    [],
    annAndBob,
    listen('eve'),
    expect('ann', frame('PRESENCE:JOINED', any, '{{ann}}')),
    expect('bob', frame('PRESENCE:JOINED', any, '{{bob}}')),
    emit(1, { clients: '{{ann}},{{eve}}' }),
    emit(2),
    got('ann', 1),
    got('ann', 2),
    got('eve', 1),
    got('eve', 2),
    got('bob', 2),
  ),
  source(
    'clients=<n> reaches that many',
    [],
    annAndBob,
    emit(1, { clients: '2' }),
    got('ann', 1),
    got('bob', 1),
  ),
  ours(
    'the reply names the event and counts those it went to',
    [],
    annAndBob,
    request('POST', emitting, { json: [1, 'two', null] }, 200, {
      success: true,
      eventID: like('^evt_', 'event'),
      clients: 2,
    }),
    data('ann', [1, 'two', null], '{{event}}'),
    data('bob', [1, 'two', null], '{{event}}'),
  ),
  ours(
    'an emit that nobody hears is a success with 0 clients',
    [],
    request('POST', emitting, { json: hello }, 200, emitted(0)),
  ),
  ours(
    'every JSON value is a payload, and numbers keep their digits',
    [],
    listen('ann'),
    ...['null', 'false', '0', '""', '[]'].flatMap((text) => [
      request('POST', emitting, { text }, 200),
      data('ann', JSON.parse(text) as null | boolean | number | string),
    ]),
  ),
  ours(
    'a repeated parameter of a GET is an array',
    [],
    listen('ann'),
    request('GET', `${emitting}?a=1&a=2&b=3`, {}, 200),
    data('ann', { a: ['1', '2'], b: '3' }),
  ),
  ours(
    'no payload, and what is not JSON, are answered with 400',
    [],
    request('POST', emitting, {}, 400, failed('INVALID_REQUEST')),
    request('GET', emitting, {}, 400, failed('INVALID_REQUEST')),
    request(
      'GET',
      emitting,
      { query: { clients: '1', 'require-ack': 'true' } },
      400,
      failed('INVALID_REQUEST'),
    ),
    request('POST', emitting, { text: '{"a":1,}' }, 400, failed('INVALID_JSON')),
  ),
  ours(
    'a body of more than 64 KiB is answered with 413',
    [],
    request('POST', emitting, { text: `"${'x'.repeat(65_536)}"` }, 413, failed('PAYLOAD_TOO_LARGE')),
  ),
  ours(
    'more random clients than listen, 0 and negative numbers are answered with 400, and nobody gets anything',
    [],
    listen('ann'),
    ...['2', '0', '-1'].map((clients) =>
      request('POST', emitting, { json: 1, query: { clients } }, 400, failed('INVALID_REQUEST')),
    ),
    emit(2),
    data('ann', 2),
  ),
  ours(
    'ids that are not connected are listed as unknown; when none is connected it is 404 and nobody gets anything',
    [],
    listen('ann'),
    request('POST', emitting, { json: 1, query: { clients: '{{ann}},client_nobodyhere' } }, 200, {
      ...(emitted(1) as object),
      unknown: ['client_nobodyhere'],
    }),
    data('ann', 1),
    request(
      'POST',
      emitting,
      { json: 2, query: { clients: 'client_nobodyhere' } },
      404,
      failed('NO_LISTENER'),
    ),
    emit(3),
    data('ann', 3),
  ),
  ours(
    'the same Idempotency-Key gives the same reply and emits once',
    [],
    listen('ann'),
    ...[1, 2].map((time) =>
      request('POST', emitting, { json: 'once', headers: { 'idempotency-key': 'key-{{run}}' } }, 200, {
        success: true,
        eventID: time === 1 ? like('^evt_', 'event') : '{{event}}',
        clients: 1,
      }),
    ),
    data('ann', 'once', '{{event}}'),
    emit('after'),
    data('ann', 'after'),
  ),
  ours(
    'a GET that a browser says is cross-site is refused and emits nothing',
    [],
    listen('ann'),
    request(
      'GET',
      emitting,
      { query: { a: '1' }, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.invalid' } },
      403,
    ),
    emit('after'),
    data('ann', 'after'),
  ),
  ours(
    'history has what was emitted to all, newest last, and a page before an event',
    [],
    listen('ann'),
    ...[1, 2, 3].map((n) =>
      request('POST', emitting, { json: n }, 200, {
        success: true,
        eventID: like('^evt_', `e${n}`),
        clients: 1,
      }),
    ),
    data('ann', 1),
    data('ann', 2),
    data('ann', 3),
    emit('secret', { clients: '{{ann}}' }),
    data('ann', 'secret'),
    request('GET', history, {}, 200, {
      history: [1, 2, 3].map((n) => ({
        eventID: `{{e${n}}}`,
        payload: n,
        at: integer(undefined, 1_500_000_000_000),
      })),
    }),
    request('GET', history, { query: { limit: '1', before: '{{e3}}' } }, 200, {
      history: [{ eventID: '{{e2}}', payload: 2, at: integer() }],
    }),
    ...['0', '101', 'x'].map((limit) =>
      request('GET', history, { query: { limit } }, 400, failed('INVALID_REQUEST')),
    ),
  ),
  ours(
    'a message written elsewhere, its edit and its deletion are DATA',
    ['tokens', 'rest'],
    listen('ann'),
    request(
      'POST',
      '/api/rooms/conform-{{run}}/messages',
      { json: { content: 'hi' }, headers: bearer('{{token:bob}}') },
      201,
      open({ id: integer('message'), number: integer('number') }),
    ),
    data('ann', { messageId: '{{message}}', authorId: '{{user:bob}}', content: 'hi', sentAt: integer() }),
    request(
      'PATCH',
      '/api/rooms/conform-{{run}}/messages/{{number}}',
      { json: { content: 'ho' }, headers: bearer('{{token:bob}}') },
      200,
    ),
    data('ann', {
      edited: { messageId: '{{message}}', authorId: '{{user:bob}}', content: 'ho', editedAt: integer() },
    }),
    request(
      'DELETE',
      '/api/rooms/conform-{{run}}/messages/{{number}}',
      { headers: bearer('{{token:bob}}') },
      204,
    ),
    data('ann', { deleted: { messageId: '{{message}}' } }),
  ),
  ours(
    'an emitted object with a string content is a message: its author is who the token says, never who it names itself',
    ['tokens', 'rest'],
    request(
      'POST',
      emitting,
      { json: { content: 'hi', authorId: 'someone' }, headers: bearer('{{token:bob}}') },
      200,
      {
        success: true,
        eventID: eventId,
        clients: 0,
      },
    ),
    request('POST', emitting, { json: { content: 'ho', authorId: 'someone' } }, 200),
    request('GET', '/api/rooms/conform-{{run}}/messages', {}, 200, {
      messages: [
        open({ authorId: 'anonymous', content: 'ho', id: integer() }),
        open({ authorId: '{{user:bob}}', content: 'hi', receipts: each(any), authorName: string() }),
      ],
      more: false,
    }),
  ),
]
