import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectChannels, http, type SocketClient, startTestGateway, tokenFor } from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { CommsClient } from '../support/comms-client.ts'
import { times } from './support/scale.ts'
import { emit, unlimited } from './support/writing.ts'

interface Greeting {
  readonly clientID: string
  readonly payload: { readonly recovered?: boolean }
}

test('channels: of two connections that come back with one resume token, one keeps the id', async (t) => {
  const gateway = await startTestGateway(unlimited)
  const races = times(25, 500)
  try {
    for (let race = 0; race < races; race++) {
      const first = await ChannelListener.connect(gateway, `race${race}`)
      const { resume, greeting } = first
      await first.client.terminate()
      const query = { ...resume, since: greeting.eventID }
      const rivals = await Promise.all([
        connectChannels(gateway, `race${race}`, { query }),
        connectChannels(gateway, `race${race}`, { query }),
      ])
      const greetings = await Promise.all(rivals.map((rival) => greetingOf(rival)))
      const { body } = await http(gateway, 'POST', `/race${race}/emit?clients=${first.id}`, {
        json: 'whose?',
      })
      assert.equal(body.clients, 1)
      const owners = await Promise.all(rivals.map((rival) => ownsIt(rival)))
      assert.equal(owners.filter(Boolean).length, 1, JSON.stringify(greetings))
      await Promise.all(rivals.map((rival) => rival.terminate()))
    }
    t.diagnostic(`${races} races`)
  } finally {
    await gateway.dispose()
  }
})

/** Null when it was replaced before it was greeted. */
async function greetingOf(client: SocketClient): Promise<Greeting | null> {
  return client.next<Greeting>().catch(() => null)
}

/** Whether what was emitted to the id in question reaches this connection. */
async function ownsIt(client: SocketClient): Promise<boolean> {
  client.send({ type: 'UNKNOWN', payload: {} })
  for (;;) {
    const frame = await client.next<{ type: string; payload: { code?: string } }>().catch(() => null)
    if (frame === null || frame.payload.code === 'UNKNOWN_TYPE') return false
    if (frame.type === 'DATA') return true
  }
}

test('comms: of two connections that resume one session, one keeps it; another user never gets it', async (t) => {
  const gateway = await startTestGateway(unlimited)
  const races = times(25, 500)
  try {
    for (let race = 0; race < races; race++) {
      const first = await CommsClient.join(gateway, 'ann')
      await emit(gateway, `${race}`)
      const { s } = await first.socket.until<{ t: string; s: number }>(({ t }) => t === 'MESSAGE_CREATE')
      await first.socket.terminate()
      const rivals = await Promise.all(['ann', 'ann', 'eve'].map(() => CommsClient.open(gateway)))
      const ready = await Promise.all(
        rivals.map((rival, i) =>
          rival.present({ token: tokenFor(i < 2 ? 'ann' : 'eve'), session_id: first.ready!.session_id, s }),
        ),
      )
      assert.equal(ready[2]!.cnf.resumed, false)
      // The one that came first may have been let in before the other took over from it.
      const [loser, code] = await Promise.race(
        [0, 1].map(async (i) => [i, (await rivals[i]!.socket.closed).code] as const),
      )
      assert.equal(code, 4007)
      assert.equal(ready[1 - loser]!.cnf.resumed, true)
      rivals[1 - loser]!.socket.send({ f: 120 })
      await rivals[1 - loser]!.socket.until<{ f: number }>(({ f }) => f === 120)
      await Promise.all(rivals.map(({ socket }) => socket.terminate()))
    }
    t.diagnostic(`${races} races`)
  } finally {
    await gateway.dispose()
  }
})
