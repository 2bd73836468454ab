import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { http } from '../../../test/harness.ts'
import { ServiceGateway } from '../../../test/support/service-gateway.ts'

const members = 5000

let gateway: ServiceGateway
before(async () => {
  gateway = await ServiceGateway.start()
})
after(() => gateway.dispose())

function memberOf(i: number): object {
  const id = String(155112606661600000n + BigInt(i))
  return {
    type: 'member',
    id,
    guildID: '1',
    nickname: null,
    roles: ['2', '3'],
    joinedAt: '2018-08-16T12:00:00.000Z',
    user: { id, username: `member ${i}`, discriminator: '0001', avatar: null, bot: false },
  }
}

describe('a large guild', () => {
  it('arrives in large messages while others are served, and is all there after a restart', async () => {
    const { client } = await gateway.service('sharder')
    client.send({ op: 5, d: { type: 'guild', id: '1', name: 'Large' } })
    for (let first = 0; first < members; first += 1000) {
      client.send({ op: 5, d: Array.from({ length: 1000 }, (_, i) => memberOf(first + i)) })
    }
    let loaded = false
    const loading = client.settled().then(() => {
      loaded = true
    })
    let served = 0
    while (!loaded) {
      const { status } = await http(gateway.gateway, 'POST', '/lobby/emit', { json: { served } })
      assert.equal(status, 200)
      served += 1
    }
    await loading
    assert.ok(served > 1, `others were served ${served} times meanwhile`)
    await gateway.gateway.restart()
    assert.deepEqual((await gateway.get('/v1/discord/users')).body, { users: members })
    const { body } = await gateway.get(`/v1/discord/guilds/1/members/${155112606661600000n + 4999n}`)
    assert.equal(body.user.username, 'member 4999')
  })

  it('arrives one by one as well, far more than are kept at a time', async () => {
    const { client } = await gateway.service('panel')
    for (let i = 0; i < 3000; i++) client.send({ op: 5, d: { type: 'role', id: `${i}`, guildID: '1' } })
    await client.settled()
    assert.equal((await gateway.get('/v1/discord/guilds/1/roles')).body.length, 3000)
  })
})
