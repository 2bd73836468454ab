import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { connectChannels, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'

const gateway = await startTestGateway({ comms: { encryption: 'required' } })
after(() => gateway.dispose())

// As a client would do it, from the words of the protocol alone.
function seal(client: CommsClient, text: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(client.ready?.enc_key ?? '', 'base64'), iv)
  return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

function open(client: CommsClient, content: string): string {
  const bytes = Buffer.from(content, 'base64')
  const key = Buffer.from(client.ready?.enc_key ?? '', 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(-16))
  return decipher.update(bytes.subarray(12, -16)).toString() + decipher.final().toString()
}

test('each client has a key of its own, and contents reach it under that key; elsewhere they are plain', async () => {
  const ann = await CommsClient.join(gateway, 'ann')
  const bo = await CommsClient.join(gateway, 'bo')
  await ann.event('ROOM_USER_ADD')
  const listener = await connectChannels(gateway, 'lobby')
  await listener.next()
  await ann.event('ROOM_USER_ADD')
  await bo.event('ROOM_USER_ADD')
  assert.notEqual(ann.ready?.enc_key, bo.ready?.enc_key)

  ann.execute('MESSAGE_CREATE', { content: seal(ann, 'for your eyes'), nonce: 1 })
  const [own, others] = [await ann.event('MESSAGE_CREATE'), await bo.event('MESSAGE_CREATE')]
  assert.equal(open(ann, own.content), 'for your eyes')
  assert.equal(own.nonce, 1)
  assert.equal(open(bo, others.content), 'for your eyes')
  const { payload } = await listener.next<{ payload: { content: string } }>()
  assert.equal(payload.content, 'for your eyes')
  await Promise.all([ann.socket.close(), bo.socket.close(), listener.close()])
})

test('content that is not encrypted, or with another key, is error 4004', async () => {
  const ann = await CommsClient.join(gateway, 'ann')
  const bo = await CommsClient.join(gateway, 'bo')
  await ann.event('ROOM_USER_ADD')
  for (const content of ['plain words', seal(bo, 'wrong key'), '']) {
    ann.execute('MESSAGE_CREATE', { content }, 1)
    assert.deepEqual(await ann.error(), { c: 4004, d: false, s: 1 })
  }
  await Promise.all([ann.socket.close(), bo.socket.close()])
})

test('what was missed comes under the key of the connection that resumes', async () => {
  const ann = await CommsClient.join(gateway, 'ann')
  const bo = await CommsClient.join(gateway, 'bo')
  await ann.event('ROOM_USER_ADD')
  bo.execute('MESSAGE_CREATE', { content: seal(bo, 'heard') })
  const { s } = await ann.next()
  await ann.socket.terminate()
  await bo.event('MESSAGE_CREATE')
  await bo.event('ROOM_USER_REMOVE')
  bo.execute('MESSAGE_CREATE', { content: seal(bo, 'missed') })
  await bo.event('MESSAGE_CREATE')

  const again = await CommsClient.open(gateway)
  const { cnf } = await again.present({ token: tokenFor('ann'), session_id: ann.ready?.session_id, s })
  assert.equal(cnf.resumed, true)
  assert.notEqual(cnf.enc_key, ann.ready?.enc_key)
  assert.equal(open(again, (await again.event('MESSAGE_CREATE')).content), 'missed')
  again.execute('MESSAGE_CREATE', { content: seal(ann, 'under the key of before') }, 1)
  assert.deepEqual(await again.error(), { c: 4004, d: false, s: 1 })
  await Promise.all([again.socket.close(), bo.socket.close()])
})
