import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, startTestGateway, tokenFor } from '../../test/harness.ts'
import { TestRoom } from '../../test/support/test-room.ts'
import { startWebhookServer } from '../../test/support/webhook-server.ts'

test('admins of the gateway see which messages for webhooks were given up and why, also after a restart', async (t) => {
  const webhook = await startWebhookServer(({ body }) => ({ status: body.content === 'two' ? 204 : 400 }))
  const gateway = await startTestGateway({ discord: { trustedOrigins: [webhook.origin] } })
  t.after(async () => {
    await gateway.dispose()
    await webhook.stop()
  })
  const room = await TestRoom.make(gateway, { discordWebhookLink: webhook.link() })
  const ada = await room.join('Ada')
  await room.post(ada, 'one')
  await room.post(ada, 'two')
  // Of one webhook the second is posted only after the first was given up.
  await webhook.received(2)
  await gateway.restart()

  const ask = (bearer?: string) => http(gateway, 'GET', '/admin/dead-letters', bearer ? { bearer } : {})
  const { status, body, text } = await ask(tokenFor('root', { admin: true }))
  assert.equal(status, 200)
  const [letter, ...more] = body.deadLetters
  assert.deepEqual(more, [])
  const { reason, ...rest } = letter
  assert.deepEqual(rest, {
    room: room.id,
    webhook: `${webhook.origin}/api/webhooks/1/***`,
    authorName: 'Ada',
    content: 'one',
  })
  assert.match(reason, /answered 400/)
  assert.doesNotMatch(text, /secret-token/)

  assert.equal((await ask()).status, 401)
  assert.equal((await ask(ada.participantId)).status, 401)
  assert.equal((await ask(tokenFor('ada'))).body.error.code, 'forbidden')
  const document = (await http(gateway, 'GET', '/api/openapi.json')).body
  assert.ok(document.paths['/admin/dead-letters'].get.responses[200])
})
