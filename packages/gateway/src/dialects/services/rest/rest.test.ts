import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { http } from '../../../../test/harness.ts'
import { ServiceGateway, servicesSecret } from '../../../../test/support/service-gateway.ts'

let gateway: ServiceGateway
before(async () => {
  gateway = await ServiceGateway.start()
  const { client } = await gateway.service('panel')
  client.send({
    op: 5,
    d: {
      type: 'guild',
      id: '1',
      channels: [
        { id: '2', type: 2 },
        { id: '3', type: 0 },
      ],
    },
  })
  client.send({ op: 5, d: { type: 'guild', id: '9', roles: [{ id: '90' }], members: [{ id: '91' }] } })
  await client.settled()
})
after(() => gateway.dispose())

const base = '/v1/discord/guilds'

/** A guild with one of everything, to be read and removed. */
async function fill(id: string): Promise<void> {
  const { client } = await gateway.service('panel')
  client.send({
    op: 5,
    d: {
      type: 'guild',
      id,
      name: 'G',
      roles: [{ id: `${id}-role`, name: 'R' }],
      channels: [{ id: `${id}-channel`, name: 'C' }],
      members: [{ id: `${id}-user`, user: { username: 'U' } }],
      voiceStates: [{ userID: `${id}-user`, channelID: `${id}-channel` }],
    },
  })
  await client.settled()
  await client.close()
}

const routes = [
  ['GET', '/v1/services'],
  ['GET', `${base}/1`],
  ['DELETE', `${base}/1`],
  ['GET', `${base}/1/channels`],
  ['GET', `${base}/1/channels/2`],
  ['DELETE', `${base}/1/channels/2`],
  ['GET', `${base}/1/channels/2/members`],
  ['GET', `${base}/1/voicestates/5`],
  ['DELETE', `${base}/1/voicestates/5`],
  ['GET', `${base}/1/members/5`],
  ['DELETE', `${base}/1/members/5`],
  ['GET', `${base}/1/roles`],
  ['GET', `${base}/1/roles/6`],
  ['DELETE', `${base}/1/roles/6`],
  ['GET', '/v1/discord/users'],
  ['GET', '/v1/discord/users/5'],
] as const

describe('every route', () => {
  for (const [method, path] of routes) {
    it(`${method} ${path} wants the secret: 401 without, 403 with a wrong one`, async () => {
      const none = await http(gateway.gateway, method, path)
      assert.equal(none.status, 401)
      assert.deepEqual(none.body, { error: 'Send the services secret as "Authorization".' })
      for (const authorization of ['wrong', `Bearer ${servicesSecret}`, `${servicesSecret}x`, 'ü']) {
        const wrong = await http(gateway.gateway, method, path, { headers: { authorization } })
        assert.equal(wrong.status, 403)
        assert.deepEqual(wrong.body, { error: 'The secret in "Authorization" is wrong.' })
      }
    })

    it(`${method} ${path} without its version is answered 400`, async () => {
      const { status, body } = await http(gateway.gateway, method, path.slice(3))
      assert.equal(status, 400)
      assert.deepEqual(body, { error: 'The version is missing: all addresses here begin with /v1.' })
    })
  }

  it('is in the OpenAPI document, and nothing hidden is', async () => {
    const { body } = await http(gateway.gateway, 'GET', '/api/openapi.json')
    const documented = Object.entries(body.paths as Record<string, object>)
      .filter(([path]) => !path.startsWith('/api') && !path.startsWith('/admin'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    const ids: Record<string, string> = { 1: 'guildID', 2: 'id', 5: 'id', 6: 'id' }
    for (const [method, path] of routes) {
      const named = path.replaceAll(/\/(\d)(?=\/|$)/g, (_, digit: string) => `/{${ids[digit]}}`)
      assert.ok(documented.includes(`${method} ${named}`), `${method} ${named}`)
    }
    assert.ok(!documented.some((route) => /\*|\/ws/.test(route)))
    const reply = body.paths['/v1/discord/users/{id}'].get.responses
    assert.deepEqual(Object.keys(reply), ['200', '400', '401', '403', '404'])
    assert.deepEqual(body.paths['/v1/services'].get.security, [{ services: [] }])
    assert.equal(body.components.securitySchemes.services.name, 'Authorization')
  })
})

describe('an address with nothing behind it', () => {
  for (const path of [
    '/v1/nothing',
    '/v1/discord',
    `${base}`,
    `${base}/1/members`,
    `${base}/1/emojis/1`,
    '/v1/services/1',
  ]) {
    it(`${path} is 404`, async () => {
      const { status, body } = await gateway.get(path)
      assert.deepEqual([status, body], [404, { error: 'There is no such route.' }])
    })
  }
})

describe('what is not in the cache', () => {
  const cases = [
    [`${base}/5`, 'No guild "5" is known.'],
    [`${base}/5/channels`, 'No guild "5" is known.'],
    [`${base}/5/roles`, 'No guild "5" is known.'],
    [`${base}/1/channels/5`, 'No channel "5" in the guild "1" is known.'],
    [`${base}/1/channels/5/members`, 'No channel "5" in the guild "1" is known.'],
    [`${base}/1/roles/90`, 'No role "90" in the guild "1" is known.'],
    [`${base}/1/members/91`, 'No member "91" in the guild "1" is known.'],
    [`${base}/1/voicestates/91`, 'No voice state "91" in the guild "1" is known.'],
    ['/v1/discord/users/91', 'No user "91" is known.'],
    ['/v1/discord/users/__proto__', 'No user "__proto__" is known.'],
    ['/v1/discord/users/%00%F0%9F%98%80', 'No user "\u0000😀" is known.'],
  ] as const
  for (const [path, error] of cases) {
    it(`${path} is 404`, async () => {
      const { status, body } = await gateway.get(path)
      assert.deepEqual([status, body], [404, { error }])
    })
  }

  it('is 404 to remove as well', async () => {
    for (const [path] of cases) {
      const removable = !path.endsWith('channels') && !path.endsWith('roles') && !path.endsWith('members')
      if (removable && !path.includes('users')) assert.equal((await gateway.remove(path)).status, 404)
    }
  })

  it('is not removed from another guild', async () => {
    assert.equal((await gateway.remove(`${base}/1/roles/90`)).status, 404)
    assert.equal((await gateway.get(`${base}/9/roles/90`)).status, 200)
  })
})

describe('a list', () => {
  it('is an array, empty where there is nothing', async () => {
    assert.deepEqual((await gateway.get(`${base}/1/channels`)).body, [
      { id: '2', guildID: '1', type: 2 },
      { id: '3', guildID: '1', type: 0 },
    ])
    assert.deepEqual((await gateway.get(`${base}/1/roles`)).body, [])
    assert.deepEqual((await gateway.get(`${base}/1/channels/3/members`)).body, [])
  })

  it('may be read in parts', async () => {
    const part = async (query: string) =>
      (await gateway.get(`${base}/1/channels?${query}`)).body.map(({ id }: { id: string }) => id)
    assert.deepEqual(await part('limit=1'), ['2'])
    assert.deepEqual(await part('limit=1&after=2'), ['3'])
    assert.deepEqual(await part('after=3'), [])
    const { status, body } = await gateway.get(`${base}/1/channels?limit=0`)
    assert.equal(status, 400)
    assert.match(body.error, /^query\.limit /)
  })

  it('is whole when it is long', async () => {
    const { client } = await gateway.service('panel')
    const voiceStates = Array.from({ length: 1500 }, (_, i) => ({ userID: `${i}`, channelID: '71' }))
    client.send({ op: 5, d: { type: 'guild', id: '70', channels: [{ id: '71' }], voiceStates } })
    await client.settled()
    const { body } = await gateway.get(`${base}/70/channels/71/members`)
    assert.equal(new Set(body.map(({ userID }: { userID: string }) => userID)).size, 1500)
  })
})

describe('removing', () => {
  const parts = ['channels/x-channel', 'members/x-user', 'roles/x-role', 'voicestates/x-user']
  for (const part of parts) {
    it(`a ${part.split('/')[0]} entry answers 204 once`, async () => {
      await fill('x')
      const removed = await gateway.remove(`${base}/x/${part}`)
      assert.deepEqual([removed.status, removed.text], [204, ''])
      assert.equal((await gateway.get(`${base}/x/${part}`)).status, 404)
      assert.equal((await gateway.remove(`${base}/x/${part}`)).status, 404)
      for (const other of parts) {
        if (other !== part) assert.equal((await gateway.get(`${base}/x/${other}`)).status, 200)
      }
    })
  }

  it('a guild takes with it all that belongs to it, but users', async () => {
    await fill('y')
    await fill('z')
    assert.equal((await gateway.remove(`${base}/y`)).status, 204)
    for (const path of [
      'y',
      'y/channels',
      'y/roles',
      'y/channels/y-channel',
      'y/members/y-user',
      'y/roles/y-role',
      'y/voicestates/y-user',
    ]) {
      assert.equal((await gateway.get(`${base}/${path}`)).status, 404, path)
    }
    assert.equal((await gateway.get('/v1/discord/users/y-user')).status, 200)
    assert.equal((await gateway.get(`${base}/z/members/z-user`)).status, 200)
    assert.equal((await gateway.remove(`${base}/y`)).status, 404)
  })
})

describe('users', () => {
  it('are counted, each once', async () => {
    const before = (await gateway.get('/v1/discord/users')).body.users
    await fill('v')
    await fill('v')
    assert.deepEqual((await gateway.get('/v1/discord/users')).body, { users: before + 1 })
  })
})
