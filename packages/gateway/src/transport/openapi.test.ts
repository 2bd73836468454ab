import assert from 'node:assert/strict'
import { test } from 'node:test'
import Type from 'typebox'
import { request } from '../../test/support/http-client.ts'
import { TransportScene } from '../../test/support/transport-scene.ts'
import type { HttpRoute } from '../ports/http.ts'

const answer = () => ({ status: 200 })

const routes: HttpRoute[] = [
  {
    method: 'PATCH',
    path: '/api/rooms/:roomId/messages/:number',
    summary: 'Edits a message.',
    tag: 'messages',
    query: Type.Object({
      quiet: Type.Optional(Type.Boolean({ description: 'Tell nobody.' })),
      at: Type.Integer(),
    }),
    headers: [{ name: 'Idempotency-Key', says: 'Acts once.' }],
    body: Type.Object({ content: Type.String({ maxLength: 2048 }) }),
    replies: {
      200: { says: 'The message.', schema: Type.Object({ number: Type.Integer() }) },
      403: { says: 'Not yours.' },
    },
    answer,
  },
  {
    method: 'POST',
    path: '/:channel/emit',
    summary: 'Emits.',
    tag: 'channels',
    rawBody: Type.Unknown({ description: 'Anything.' }),
    replies: {
      200: { says: 'Emitted.' },
      400: { says: 'Refused.', schema: Type.Object({ success: Type.Boolean() }) },
    },
    refuse: () => ({ status: 400 }),
    answer,
  },
  { method: 'GET', path: '/hidden', summary: '', tag: '', replies: {}, hidden: true, answer },
]

test('the document says of each route what it takes and what it answers', async (t) => {
  const { http } = await TransportScene.open(t, { routes })
  const { status, headers, body } = await request('GET', `${http}/api/openapi.json`)
  assert.equal(status, 200)
  assert.equal(headers.get('content-type'), 'application/json')
  assert.equal(body.openapi, '3.1.0')
  assert.deepEqual(body.info, { title: 'Test', version: '1', description: 'For tests.' })
  assert.deepEqual(Object.keys(body.paths), ['/api/rooms/{roomId}/messages/{number}', '/{channel}/emit'])

  const { patch } = body.paths['/api/rooms/{roomId}/messages/{number}']
  const text = { type: 'string' }
  assert.deepEqual(patch, {
    operationId: 'patchApiRoomsRoomIdMessagesNumber',
    summary: 'Edits a message.',
    tags: ['messages'],
    security: [{}, { bearer: [] }],
    parameters: [
      { name: 'roomId', in: 'path', required: true, schema: text },
      { name: 'number', in: 'path', required: true, schema: text },
      {
        name: 'quiet',
        in: 'query',
        required: false,
        description: 'Tell nobody.',
        schema: { type: 'boolean', description: 'Tell nobody.' },
      },
      { name: 'at', in: 'query', required: true, schema: { type: 'integer' } },
      { name: 'Idempotency-Key', in: 'header', required: false, description: 'Acts once.', schema: text },
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['content'],
            properties: { content: { type: 'string', maxLength: 2048 } },
          },
        },
      },
    },
    responses: {
      200: {
        description: 'The message.',
        content: {
          'application/json': {
            schema: { type: 'object', required: ['number'], properties: { number: { type: 'integer' } } },
          },
        },
      },
      403: {
        description: 'Not yours.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
      default: {
        description: 'Refused; the error says why and what to do.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  })
  const { post } = body.paths['/{channel}/emit']
  assert.deepEqual(
    Object.keys(post.responses),
    ['200', '400'],
    'errors of its own shape are described by itself',
  )
  assert.equal(body.components.schemas.Error.properties.error.required.includes('code'), true)
  assert.equal(body.components.securitySchemes.bearer.scheme, 'bearer')
})

test('a body that a route reads itself is described, and not checked', async (t) => {
  const { http } = await TransportScene.open(t, { routes })
  const { body } = await request('GET', `${http}/api/openapi.json`)
  assert.deepEqual(body.paths['/{channel}/emit'].post.requestBody, {
    required: true,
    content: { 'application/json': { schema: { description: 'Anything.' } } },
  })
  assert.equal((await request('POST', `${http}/lobby/emit`, { body: 'no JSON' })).status, 200)
})
