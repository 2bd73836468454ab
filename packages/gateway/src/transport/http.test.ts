import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import Type from 'typebox'
import { request } from '../../test/support/http-client.ts'
import { RawClient, TransportScene } from '../../test/support/transport-scene.ts'
import { Problem } from '../model/problem.ts'
import type { HttpRoute } from '../ports/http.ts'

function route(method: HttpRoute['method'], path: string, rest: Partial<HttpRoute> = {}): HttpRoute {
  return {
    method,
    path,
    summary: '',
    tag: 'test',
    replies: {},
    answer: ({ params, body, raw, path }) => ({
      status: 200,
      body: { path, params, body, bytes: raw.length },
    }),
    ...rest,
  }
}

const settings = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 2 })),
    limit: Type.Integer({ minimum: 1 }),
    color: Type.Optional(Type.Union([Type.Literal('red'), Type.Null()])),
    deep: Type.Optional(Type.Array(Type.Object({ x: Type.Number() }))),
  },
  { additionalProperties: false },
)

const routes: HttpRoute[] = [
  route('GET', '/rooms/special'),
  route('GET', '/rooms/:roomId'),
  route('DELETE', '/rooms/:roomId'),
  route('POST', '/rooms/:roomId/emit'),
  route('POST', '/settings', { body: settings }),
  route('POST', '/small', { maxBody: 10 }),
  route('GET', '/page', {
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      all: Type.Optional(Type.Boolean()),
    }),
  }),
  route('GET', '/text', {
    answer: () => ({ status: 200, headers: { 'Cache-Control': 'no-store' }, body: 'plain' }),
  }),
  route('GET', '/empty', { answer: () => ({ status: 204 }) }),
  route('GET', '/problem', {
    answer: () => {
      throw new Problem('rate_limited', 'Later.', 2.5)
    },
  }),
  route('GET', '/private', {
    answer: () => {
      throw new Problem('unauthorized')
    },
  }),
  route('GET', '/bug', { answer: () => Promise.reject(new Error('the secret')) }),
  route('GET', '/own', {
    answer: () => Promise.reject(new Error('the secret')),
    refuse: (error) => ({ status: 418, body: { success: false, error: (error as Error).message } }),
  }),
]

function scene(t: TestContext, options = {}): Promise<TransportScene> {
  return TransportScene.open(t, { routes, ...options })
}

test('a request finds its route, its parameters decoded', async (t) => {
  const { http } = await scene(t)
  const found = await request('GET', `${http}/rooms/a%2Fb%20c%E2%82%AC?x=1`)
  assert.deepEqual(found.body, { path: '/rooms/a%2Fb%20c%E2%82%AC', params: { roomId: 'a/b c€' }, bytes: 0 })
  assert.equal(found.headers.get('content-type'), 'application/json')
  assert.equal(found.headers.get('x-content-type-options'), 'nosniff')
  assert.deepEqual(
    (await request('GET', `${http}/rooms/__proto__`)).body.params,
    JSON.parse('{"roomId":"__proto__"}'),
  )
  assert.deepEqual(
    (await request('GET', `${http}/rooms/special`)).body.params,
    {},
    'the first in the table counts',
  )
})

test('a string is sent as it is, and nothing as nothing', async (t) => {
  const { http } = await scene(t)
  const text = await request('GET', `${http}/text`)
  assert.deepEqual(
    [text.text, text.headers.get('content-type'), text.headers.get('cache-control')],
    ['plain', 'text/plain; charset=utf-8', 'no-store'],
  )
  const empty = await request('GET', `${http}/empty`)
  assert.deepEqual([empty.status, empty.text, empty.headers.get('content-length')], [204, '', null])
})

test('what is not there is 404, a wrong method 405 with those that are taken, HEAD is GET without its body', async (t) => {
  const { http } = await scene(t)
  for (const path of ['/', '/nothing', '/rooms', '/rooms/a/', '//rooms/a', '/rooms//emit']) {
    const { status, body } = await request('GET', http + path)
    assert.deepEqual([status, body.error.code], [404, 'not_found'], path)
  }
  const wrong = await request('PATCH', `${http}/rooms/a`)
  assert.deepEqual(
    [wrong.status, wrong.headers.get('allow'), wrong.body.error.code],
    [405, 'GET, DELETE', 'method_not_allowed'],
  )
  const head = await request('HEAD', `${http}/text`)
  assert.deepEqual([head.status, head.text, head.headers.get('content-length')], [200, '', '5'])
})

test('a path that is not percent-encoded UTF-8 is 400', async (t) => {
  const { port } = await scene(t)
  for (const path of ['/rooms/%zz', '/rooms/%ff', '/rooms/%']) {
    const client = await RawClient.open(port)
    client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    assert.match(await client.head(), /^HTTP\/1.1 400 /, path)
    client.destroy()
  }
})

test('a problem is its status, code, sentence, and when to try again', async (t) => {
  const { http, logged } = await scene(t)
  const later = await request('GET', `${http}/problem`)
  assert.deepEqual([later.status, later.headers.get('retry-after')], [429, '3'])
  assert.deepEqual(later.body, { error: { code: 'rate_limited', message: 'Later.', retryAfter: 2.5 } })
  assert.equal((await request('GET', `${http}/private`)).headers.get('www-authenticate'), 'Bearer')
  assert.deepEqual(logged, [])
})

test('what a route throws by mistake is 500, logged without the query, and keeps its secret', async (t) => {
  const { http, logged } = await scene(t)
  const { status, text } = await request('GET', `${http}/bug?token=abc`)
  assert.equal(status, 500)
  assert.equal(JSON.parse(text).error.code, 'internal')
  assert.doesNotMatch(text, /secret/)
  assert.equal(logged.length, 1)
  assert.deepEqual([logged[0]!.fields.method, logged[0]!.fields.path], ['GET', '/bug'])
})

test('a route with a way of its own to say errors says them so', async (t) => {
  const { http } = await scene(t)
  const { status, body } = await request('GET', `${http}/own`)
  assert.equal(status, 418)
  assert.deepEqual(body, {
    success: false,
    error: 'The gateway made a mistake with this request; it has been logged.',
  })
})

test('a body that does not fit is 400, and the sentence names where', async (t) => {
  const { http } = await scene(t)
  const cases: [unknown, RegExp][] = [
    [{}, /^body\.limit is missing\.$/],
    [{ limit: 0 }, /^body\.limit must be >= 1\.$/],
    [{ limit: '1' }, /^body\.limit must be integer\.$/],
    [{ limit: 1, name: 'x' }, /^body\.name must not have fewer than 2 characters\.$/],
    [{ limit: 1, deep: [{ x: 1 }, { x: '2' }] }, /^body\.deep\.1\.x must be number\.$/],
    [{ limit: 1, color: 'blue' }, /^body\.color is none of what may stand there\.$/],
    [{ limit: 1, 'a/b~': 1 }, /^body\.a\/b~ is not known here\.$/],
    [[], /^body must be object\.$/],
    [null, /^body must be object\.$/],
  ]
  for (const [json, sentence] of cases) {
    const { status, body } = await request('POST', `${http}/settings`, { json })
    assert.deepEqual([status, body.error.code], [400, 'invalid_request'], JSON.stringify(json))
    assert.match(body.error.message, sentence)
  }
  assert.deepEqual((await request('POST', `${http}/settings`, { json: { limit: 3 } })).body.body, {
    limit: 3,
  })
})

test('a prototype in a body is a name like others', async (t) => {
  const { http } = await scene(t)
  const { status, body } = await request('POST', `${http}/settings`, {
    body: '{"limit":1,"__proto__":{"name":"me"}}',
  })
  assert.equal(status, 400)
  assert.match(body.error.message, /__proto__ is not known here/)
})

test('a body that is not JSON is 400, with the position; so is one nested too deeply or not in UTF-8', async (t) => {
  const { http } = await scene(t, { limits: { jsonDepth: 5 } })
  const cases: [string | Buffer<ArrayBuffer>, RegExp][] = [
    ['{"limit":1,}', /at position 11/],
    ['{"limit"', /ends too early, at position 8/],
    ['', /empty/],
    ['['.repeat(10_000), /deeper than 5 levels, at position 5/],
    [Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
  ]
  for (const [body, sentence] of cases) {
    const answer = await request('POST', `${http}/settings`, { body })
    assert.deepEqual(
      [answer.status, answer.body.error.code],
      [400, 'invalid_json'],
      String(body).slice(0, 20),
    )
    assert.match(answer.body.error.message, sentence)
  }
})

test('a query is judged with its numbers and booleans as such, by the first value of a name', async (t) => {
  const { http } = await scene(t)
  const cases: [string, number][] = [
    ['', 200],
    ['?limit=100&all=true&other=x', 200],
    ['?limit=5&limit=x', 200],
    ['?limit=101', 400],
    ['?limit=1.5', 400],
    ['?limit=', 400],
    ['?limit=0x10', 400],
    ['?limit=1e1', 400],
    ['?all=1', 400],
    ['?__proto__=1&constructor=2', 200],
  ]
  for (const [query, status] of cases)
    assert.equal((await request('GET', `${http}/page${query}`)).status, status, query)
  assert.equal((await request('GET', `${http}/page?limit=0`)).body.error.message, 'query.limit must be >= 1.')
})

test('a body above the limit is 413, the gateway’s or the route’s, declared or not', async (t) => {
  const { http, port } = await scene(t, { limits: { bodyBytes: 1000 } })
  const url = `${http}/rooms/a/emit`
  assert.equal((await request('POST', url, { body: 'x'.repeat(1000) })).body.bytes, 1000)
  const tooLarge = await request('POST', url, { body: 'x'.repeat(1001) })
  assert.deepEqual([tooLarge.status, tooLarge.body.error.code], [413, 'payload_too_large'])
  assert.equal((await request('POST', `${http}/small`, { body: 'x'.repeat(11) })).status, 413)
  const chunked = await RawClient.open(port)
  chunked.write(
    'POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n',
  )
  assert.match(await chunked.head(), /^HTTP\/1.1 413 /)
  chunked.destroy()
  const huge = await RawClient.open(port)
  huge.write('POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n')
  const head = await huge.head()
  assert.match(head, /^HTTP\/1.1 413 /)
  assert.match(head, /Connection: close\r\n/)
  await huge.rest()
})

test('headers that are too large are 431, slow ones 408, what is no HTTP 400', async (t) => {
  const { port } = await scene(t, { limits: { headerBytes: 2000, headerTime: 100 } })
  const huge = await RawClient.open(port)
  huge.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(3000)}\r\n\r\n`)
  assert.match(await huge.head(), /^HTTP\/1.1 431 /)
  const slow = await RawClient.open(port)
  slow.write('GET / HTTP/1.1\r\nHost: x\r\n')
  assert.match(await slow.head(), /^HTTP\/1.1 408 /)
  const garbage = await RawClient.open(port)
  garbage.write('\x16\x03\x01 not http\r\n\r\n')
  assert.match(await garbage.head(), /^HTTP\/1.1 400 /)
})

test('a client that breaks off in the midst of its body harms nobody', async (t) => {
  const { http, port, logged } = await scene(t)
  const client = await RawClient.open(port)
  client.write('POST /settings HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"lim')
  client.socket.resetAndDestroy()
  assert.equal((await request('GET', `${http}/text`)).status, 200)
  assert.deepEqual(logged, [])
})

test('pages of allowed origins may ask and read; foreign ones may neither read nor change anything', async (t) => {
  const { http } = await scene(t, { allowedOrigins: ['https://app.example'] })
  const app = { origin: 'https://app.example' }
  const evil = { origin: 'https://app.example.evil.example' }
  const asked = await request('OPTIONS', `${http}/settings`, {
    headers: {
      ...app,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  })
  assert.equal(asked.status, 204)
  assert.equal(asked.headers.get('access-control-allow-origin'), 'https://app.example')
  assert.equal(asked.headers.get('access-control-allow-methods'), 'POST')
  assert.equal(asked.headers.get('access-control-allow-headers'), 'authorization')
  const read = await request('GET', `${http}/text`, { headers: app })
  assert.equal(read.headers.get('access-control-allow-origin'), 'https://app.example')
  assert.equal(read.headers.get('vary'), 'Origin')

  const preflight = await request('OPTIONS', `${http}/settings`, { headers: evil })
  assert.equal(preflight.headers.get('access-control-allow-origin'), null)
  assert.equal(preflight.headers.get('access-control-allow-methods'), null)
  const foreign = await request('GET', `${http}/text`, { headers: evil })
  assert.deepEqual([foreign.status, foreign.headers.get('access-control-allow-origin')], [200, null])
  const simple = await request('POST', `${http}/settings`, { headers: evil, body: '{"limit":1}' })
  assert.deepEqual([simple.status, simple.body.error.code], [403, 'origin_not_allowed'])
})

test('whatever is wrong with a request, the routes at its address say it in their own words', async (t) => {
  const refuse = (error: unknown) => ({
    status: (error as Problem).status,
    body: { oops: (error as Problem).code },
  })
  const scene = await TransportScene.open(t, {
    mode: 'production',
    routes: [route('POST', '/own/:name', { refuse, body: settings })],
  })
  const ask = async (method: string, path: string, options = {}) => {
    const { status, body } = await request(method, `${scene.http}${path}`, options)
    return [status, body]
  }
  assert.deepEqual(await ask('PATCH', '/own/x'), [405, { oops: 'method_not_allowed' }])
  assert.deepEqual(await ask('POST', '/own/%ff', { json: {} }), [400, { oops: 'invalid_request' }])
  assert.deepEqual(await ask('POST', '/own/x', { body: '{' }), [400, { oops: 'invalid_json' }])
  assert.deepEqual(await ask('POST', '/own/x', { headers: { origin: 'https://evil.example' } }), [
    403,
    { oops: 'origin_not_allowed' },
  ])
  assert.equal((await request('POST', `${scene.http}/other`)).body.error.code, 'not_found')
})

test('a route is told whether the page that asks is one of an allowed origin', async (t) => {
  const told = route('GET', '/told', {
    answer: ({ originAllowed }) => ({ status: 200, body: { originAllowed } }),
  })
  const scene = await TransportScene.open(t, { routes: [told] })
  const ask = async (headers: Record<string, string>) =>
    (await request('GET', `${scene.http}/told`, { headers })).body.originAllowed
  assert.equal(await ask({}), true)
  assert.equal(await ask({ origin: 'http://localhost:5173' }), true)
  assert.equal(await ask({ origin: 'https://evil.example' }), false)
})
