import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { http, Refused, SocketClient, socketUrl, type Target, tokenFor } from '../harness.ts'
import { Victim } from './support/victim.ts'

const production = await Victim.start(
  { after },
  {
    mode: 'production',
    servicesSecret: 'the secret of services that tests start up',
    origins: ['https://chat.example.com', 'http://intranet:8080'],
    channels: { openPatterns: ['newcomers'] },
  },
)
const development = await Victim.start({ after })
let refused = 0
for (const victim of [production, development]) victim.withstandsAll({ handshakes: () => refused })

const doors = ['/gateway?roomId=x&participantId=y', '/comms', '/lobby/listen', '/ws/v1', '/messenger']

/** Whether a page of this origin gets through the handshake. */
async function lets(target: Target, door: string, origin: string, token: string): Promise<boolean> {
  const [path = '', query = ''] = door.split('?')
  const url = socketUrl(target, path, Object.fromEntries(new URLSearchParams(query)))
  try {
    const client = await SocketClient.open(url, { headers: { origin, authorization: `Bearer ${token}` } })
    await client.terminate()
    return true
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 403) throw error
    assert.equal((error.body as { error: { code: string } }).error.code, 'origin_not_allowed')
    refused += 1
    return false
  }
}

const foreign = [
  'null',
  'https://evil.example',
  'http://chat.example.com',
  'https://chat.example.com:443',
  'https://chat.example.com:8443',
  'https://chat.example.com/',
  'https://chat.example.com.evil.example',
  'https://evil.chat.example.com',
  'https://evilchat.example.com',
  'https://chat.example.comevil',
  'https://CHAT.example.com',
  'HTTPS://chat.example.com',
  'https://chat.example.com@evil.example',
  'https://evil.example#https://chat.example.com',
  'https://evil.example, https://chat.example.com',
  'https://chat.example.com https://evil.example',
  'chat.example.com',
  '//chat.example.com',
  'file://',
  'http://intranet',
  'http://intranet:80800',
  'https://intranet:8080',
]

describe('in production mode', () => {
  for (const door of doors) {
    it(`${door} lets in the origins on the list, and whoever is no page`, async () => {
      const token = tokenFor('ann')
      assert.equal(await lets(production, door, 'https://chat.example.com', token), true)
      assert.equal(await lets(production, door, 'http://intranet:8080', token), true)
      assert.equal(await lets(production, door, production.url, token), true, 'its own')
    })
  }

  it('lets in no other, at no door', async () => {
    for (const [i, origin] of [...foreign, 'http://localhost:5173', 'http://127.0.0.1'].entries()) {
      assert.equal(await lets(production, doors[i % doors.length]!, origin, tokenFor('ann')), false, origin)
    }
  })

  it('gives foreign pages neither a reply to read nor a request that changes something', async () => {
    for (const origin of foreign) {
      const read = await http(production, 'GET', '/api/rooms/x', { headers: { origin } })
      assert.equal(read.headers.get('access-control-allow-origin'), null, origin)
      for (const method of ['POST', 'PATCH', 'DELETE']) {
        const answer = await http(production, method, '/api/rooms/x', { headers: { origin } })
        assert.equal(answer.status, 403, `${method} ${origin}`)
      }
      const asked = await http(production, 'OPTIONS', '/api/rooms', {
        headers: { origin, 'access-control-request-method': 'POST' },
      })
      assert.equal(asked.headers.get('access-control-allow-methods'), null, origin)
    }
  })
})

describe('in development mode without a list', () => {
  it('pages of this machine are let in, and no others', async () => {
    for (const own of ['http://localhost:5173', 'https://127.0.0.1', 'http://[::1]:3000']) {
      assert.equal(await lets(development, '/lobby/listen', own, tokenFor('ann')), true, own)
      const emitted = await http(development, 'GET', '/lobby/emit?a=1', { headers: { origin: own } })
      assert.equal(emitted.status, 200, own)
    }
    const likeOwn = [
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
      'http://localhost:5173/',
      'http://127.1',
    ]
    for (const origin of [...foreign, ...likeOwn]) {
      assert.equal(await lets(development, '/comms', origin, tokenFor('ann')), false, origin)
    }
  })

  it('foreign pages neither emit by GET nor open an event stream', async () => {
    for (const path of ['/lobby/emit?a=1', '/lobby/listen']) {
      const headers = { origin: 'https://evil.example', accept: 'text/event-stream' }
      const answer = await http(development, 'GET', path, { headers })
      assert.deepEqual([answer.status, answer.body.code], [403, 'ORIGIN_NOT_ALLOWED'], path)
    }
  })
})
