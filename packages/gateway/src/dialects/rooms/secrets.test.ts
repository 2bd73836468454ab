import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { http, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

test('credentials, tokens and passwords reach neither the log nor the store', async () => {
  const lines: string[] = []
  const note = (fields: Record<string, unknown>, sentence: string) => {
    lines.push(
      `${sentence} ${JSON.stringify(fields, (_, value) => (value instanceof Error ? `${value.stack}` : value))}`,
    )
  }
  const gateway = await startTestGateway({}, { log: { info: note, warn: note, error: note } })
  try {
    const token = tokenFor('carol')
    const room = await TestRoom.make(gateway, { adminPassword: 'open-sesame' }, token)
    const ada = await room.join('Ada', { adminPassword: 'open-sesame' })
    await room.ask(null, 'POST', '/participants', { json: { name: 'Eve', adminPassword: 'wrong-guess' } })
    const client = await room.connect(ada)
    client.send('nonsense')
    await client.closed
    await (await room.open({ userId: '', participantId: 'never-existed' })).closed
    const flooding = await room.connect(ada)
    for (let i = 0; i < 200; i++) flooding.send('{"e":1,"d":{}}')
    await flooding.closed
    await http(gateway, 'GET', `/api/rooms/${room.id}?participantId=${ada.participantId}`, {
      bearer: 'never-existed',
    })
    await gateway.stop()

    const secrets = [
      ada.participantId,
      room.admin.participantId,
      token,
      'open-sesame',
      'wrong-guess',
      'never-existed',
    ]
    const stored = readdirSync(gateway.data).map((name) => readFileSync(join(gateway.data, name), 'latin1'))
    assert.ok(lines.length > 0, 'the flood is logged')
    for (const secret of secrets) {
      assert.ok(!lines.some((line) => line.includes(secret)), `${secret} is in the log`)
      assert.ok(!stored.some((text) => text.includes(secret)), `${secret} is in the store`)
    }
  } finally {
    await gateway.dispose()
  }
})
