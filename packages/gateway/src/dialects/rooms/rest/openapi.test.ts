import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { http, startTestGateway } from '../../../../test/harness.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

const { status, body: document } = await http(gateway, 'GET', '/api/openapi.json')

const routes = [
  'post /api/rooms',
  'get /api/rooms/{roomId}',
  'patch /api/rooms/{roomId}',
  'delete /api/rooms/{roomId}',
  'post /api/rooms/{roomId}/participants',
  'patch /api/rooms/{roomId}/participants/{userId}',
  'delete /api/rooms/{roomId}/participants/{userId}',
  'post /api/rooms/{roomId}/messages',
  'get /api/rooms/{roomId}/messages',
  'patch /api/rooms/{roomId}/messages/{number}',
  'delete /api/rooms/{roomId}/messages/{number}',
  'get /api/rooms/{roomId}/events',
]

test('the OpenAPI document lists every route of the rooms, and no other below /api/rooms', () => {
  assert.equal(status, 200)
  assert.equal(document.openapi, '3.1.0')
  const listed = Object.entries(document.paths as Record<string, object>)
    .filter(([path]) => path.startsWith('/api/rooms'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
  assert.deepEqual(listed.sort(), [...routes].sort())
})

test('every route has a summary, an id of its own, what it takes, what it gives, and how it refuses', () => {
  const ids = new Set<string>()
  for (const route of routes) {
    const [method, path] = route.split(' ') as [string, string]
    const operation = document.paths[path][method]
    assert.ok(operation.summary, route)
    ids.add(operation.operationId)
    const params = operation.parameters.filter((one: { in: string }) => one.in === 'path')
    assert.equal(params.length, path.split('{').length - 1)
    if (method === 'post' || method === 'patch')
      assert.ok(operation.requestBody.content['application/json'].schema)
    const success = Object.keys(operation.responses).find((code) => code.startsWith('2'))!
    if (success !== '204') assert.ok(operation.responses[success].content['application/json'].schema, route)
    for (const code of ['401', '404'])
      if (path !== '/api/rooms') assert.ok(operation.responses[code], `${route} ${code}`)
  }
  assert.equal(ids.size, routes.length)
})

test('every reference of the document leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    ([, pointer]) => pointer!,
  )
  assert.ok(references.length > 0)
  for (const pointer of references) {
    const target = pointer.split('/').reduce((node, key) => node?.[key], document)
    assert.ok(target, pointer)
  }
})
