import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, startTestGateway } from '../../../test/harness.ts'
import { TestRoom } from '../../../test/support/test-room.ts'
import { startWebhookServer } from '../../../test/support/webhook-server.ts'

test('every message of a room is posted to its webhook, also what waited while the gateway was down', async () => {
  let answers = true
  const webhook = await startWebhookServer(() => ({ status: answers ? 204 : 503 }))
  const discord = { trustedOrigins: [webhook.origin], firstRetry: 1, longestRetry: 10 }
  const gateway = await startTestGateway({ discord })
  try {
    const room = await TestRoom.make(gateway, { discordWebhookLink: webhook.link() })
    const ada = await room.join('Ada')
    await room.post(ada, 'one @everyone')
    await webhook.received(1)
    assert.deepEqual(webhook.posts[0]?.body, {
      username: 'Ada',
      content: 'one @everyone',
      allowed_mentions: { parse: [] },
    })

    const emitted = await http(gateway, 'POST', `/${room.id}/emit`, {
      json: { content: 'two, from a channel' },
      bearer: ada.participantId,
    })
    assert.equal(emitted.status, 200)
    await webhook.received(2)

    answers = false
    await room.post(room.admin, 'three')
    await webhook.received(3)
    await gateway.stop()
    answers = true
    const before = webhook.posts.length
    await gateway.restart()
    await webhook.received(before + 1)
    assert.equal(webhook.contents().at(-1), 'three')

    await room.change({ discordWebhookLink: null })
    await room.post(ada, 'four, to nobody outside')
    await room.change({ discordWebhookLink: webhook.link(2) })
    await room.post(ada, 'five')
    await webhook.received(before + 2)
    assert.deepEqual(
      [webhook.contents().at(-1), webhook.contents().includes('four, to nobody outside')],
      ['five', false],
    )
  } finally {
    await gateway.dispose()
    await webhook.stop()
  }
})
