import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, SocketClient, socketUrl, startTestGateway, tokenFor } from '../harness.ts'
import { room } from './support/follower.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { contentsOf, makeRoom, unlimited } from './support/writing.ts'

interface Attempt {
  /** Asks once, through the proxy; rejects when there is no answer. */
  readonly ask: (content: string) => Promise<unknown>
}

const bearer = tokenFor('ann', { name: 'ann' })

/** What a client does again and again with one key, in each protocol that has one. */
const retries = (proxy: BreakingProxy): Readonly<Record<string, Attempt['ask']>> => ({
  'channels, Idempotency-Key': async (content) => {
    const headers = { 'idempotency-key': content }
    return (await http(proxy, 'POST', `/${room}/emit`, { bearer, headers, json: { content } })).body.eventID
  },
  'rooms, Idempotency-Key': async (content) => {
    const headers = { 'idempotency-key': content }
    const path = `/api/rooms/${room}/messages`
    return (await http(proxy, 'POST', path, { bearer, headers, json: { content } })).body.id
  },
  'messenger, id of the request': async (content) => {
    const client = await SocketClient.open(socketUrl(proxy, '/messenger'), {
      headers: { authorization: `Bearer ${bearer}` },
    })
    client.send({
      type: 'request',
      timestamp: 1,
      id: content,
      payloadType: 'new',
      payload: { chatId: room, message: content },
    })
    const { payload } = await client.next<{ payload: { messageId: number } }>()
    await client.terminate()
    return payload.messageId
  },
})

test('what is asked again with its key, because the answer was lost, happens once: five times, over a restart', async () => {
  const gateway = await startTestGateway(unlimited)
  const proxy = await BreakingProxy.before(gateway.url)
  try {
    await makeRoom(gateway, ['ann'])
    const expected = ['the room is made']
    for (const [name, ask] of Object.entries(retries(proxy))) {
      for (let round = 0; round < times(1, 20); round++) {
        const content = `${name} ${round}`
        expected.push(content)
        for (let lost = 0; lost < 4; lost++) {
          // The answer is dropped, and the connection with it; what precedes it (a handshake) passes.
          proxy.downstream = (bytes, client) => {
            const passes = bytes.includes('101 Switching Protocols')
            if (!passes) client.destroy()
            return passes
          }
          await assert.rejects(ask(content))
          if (lost === 1) {
            await gateway.restart()
            proxy.target = gateway.url
          }
        }
        proxy.downstream = null
        const answer = await ask(content)
        assert.ok(answer !== undefined, name)
        assert.equal(await ask(content), answer, `${name}: the same answer`)
      }
    }
    assert.deepEqual(await contentsOf(gateway), expected)
  } finally {
    await proxy.close()
    await gateway.dispose()
  }
})
