import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { http, SocketClient, socketUrl, testSecret } from '../harness.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ecdsa, ecPair, encoded, hmac, KeyServer, pss, rsa, rsaPair, token } from './support/keys.ts'
import { Victim } from './support/victim.ts'

const now = Math.floor(Date.now() / 1000)
const claims = { sub: 'ann', iss: 'https://id.example', aud: 'parlance', iat: now, exp: now + 3600 }
const without = (name: keyof typeof claims) => ({ ...claims, [name]: undefined })
const hs = { alg: 'HS256', typ: 'JWT' }
const rs = { alg: 'RS256', kid: 'first' }

const own = rsaPair()
const foreign = rsaPair()
const curve = ecPair()
const weak = rsaPair(1024)
const shared = Buffer.from('a symmetric key that somebody published by mistake')
const jwk = own.publicKey.export({ format: 'jwk' })

const keys = await KeyServer.start({ after }, [
  { ...jwk, kid: 'first', alg: 'RS256', use: 'sig' },
  { ...curve.publicKey.export({ format: 'jwk' }), kid: 'curve', alg: 'ES256', use: 'sig' },
  { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256', use: 'sig' },
  { kty: 'oct', k: shared.toString('base64url'), kid: 'shared', alg: 'HS256' },
])
const accounts = { jwt: { jwksUrl: keys.url, issuer: claims.iss, audience: claims.aud } }
const victim = await Victim.start({ after }, accounts)
// Two of the doors let in first and close then.
victim.withstandsAll({ lines: () => 2, handshakes: () => 2 })

const secret = hmac(testSecret)
const signed = (payload: unknown) => token(hs, payload, secret)
const pem = own.publicKey.export({ format: 'pem', type: 'spki' })
const der = own.publicKey.export({ format: 'der', type: 'spki' })
const nested = `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`

const good: [string, string][] = [
  ['HS256 with the secret', signed(claims)],
  ['RS256 with a published key', token(rs, claims, rsa(own.privateKey))],
  ['ES256 with a published key', token({ alg: 'ES256', kid: 'curve' }, claims, ecdsa(curve.privateKey))],
  ['one of several audiences', signed({ ...claims, aud: ['other', 'parlance'] })],
  ['deep claims that nobody reads', signed(JSON.stringify({ ...claims }).replace('}', `,"deep":${nested}}`))],
  ['an end beyond all time', signed({ ...claims, exp: 1e300 })],
  ['claims called as what objects have', signed({ ...claims, constructor: 1, hasOwnProperty: 2 })],
]

const bad: [string, string][] = [
  ['alg none', token({ alg: 'none' }, claims, () => '')],
  ['alg None', token({ alg: 'None' }, claims, () => '')],
  ['alg nOnE, sealed', token({ alg: 'nOnE' }, claims, secret)],
  ['alg hs256 in lower case', token({ alg: 'hs256' }, claims, secret)],
  ['no alg', token({ typ: 'JWT' }, claims, secret)],
  ['alg a list', token({ alg: ['HS256'] }, claims, secret)],
  ['alg null', token({ alg: null }, claims, secret)],
  ['alg twice, the last none', token('{"alg":"HS256","alg":"none"}', claims, () => '')],
  ['the public key as a secret', token(hs, claims, hmac(pem))],
  ['the public key as a secret, by its kid', token({ ...hs, kid: 'first' }, claims, hmac(pem))],
  ['the public key as a secret, without its last line feed', token(hs, claims, hmac(String(pem).trim()))],
  ['the public key as a secret, in bytes', token(hs, claims, hmac(der))],
  ['the public key as a secret, as it was published', token(hs, claims, hmac(JSON.stringify(jwk)))],
  ['the modulus as a secret', token(hs, claims, hmac(String(jwk.n)))],
  ['a published symmetric key', token({ ...hs, kid: 'shared' }, claims, hmac(shared))],
  ['RS256 sealed with the secret', token(rs, claims, secret)],
  ['RS256 of another key', token(rs, claims, rsa(foreign.privateKey))],
  ['RS256 of a weak key', token({ alg: 'RS256', kid: 'weak' }, claims, rsa(weak.privateKey))],
  ['ES256 named, an RSA key meant', token({ alg: 'ES256', kid: 'first' }, claims, rsa(own.privateKey))],
  ['PS256 named, signed as RS256', token({ alg: 'PS256', kid: 'first' }, claims, rsa(own.privateKey))],
  ['PS256 of a key that is for RS256', token({ alg: 'PS256', kid: 'first' }, claims, pss(own.privateKey))],
  [
    'RS512 of a key that is for RS256',
    token({ alg: 'RS512', kid: 'first' }, claims, rsa(own.privateKey, 'sha512')),
  ],
  [
    'ES384 of a key that is for ES256',
    token({ alg: 'ES384', kid: 'curve' }, claims, ecdsa(curve.privateKey)),
  ],
  ['ES256K, which is not taken', token({ alg: 'ES256K', kid: 'curve' }, claims, ecdsa(curve.privateKey))],
  ['EdDSA named, an RSA key meant', token({ alg: 'EdDSA', kid: 'first' }, claims, rsa(own.privateKey))],
  ['HS256 named, signed as RS256', token({ ...hs, kid: 'first' }, claims, rsa(own.privateKey))],
  ['dir, which is for encrypting', token({ alg: 'dir', enc: 'A128GCM' }, claims, secret)],
  ['a signature of zeros (ECDSA)', token({ alg: 'ES256', kid: 'curve' }, claims, () => Buffer.alloc(64))],
  ['HS384 with the secret', token({ alg: 'HS384' }, claims, hmac(testSecret, 'sha384'))],
  ['HS512 with the secret', token({ alg: 'HS512' }, claims, hmac(testSecret, 'sha512'))],
  ['another secret', token(hs, claims, hmac('another secret'))],
  ['an empty secret', token(hs, claims, hmac(''))],
  ['no signature', token(hs, claims, () => '')],
  ['half a signature', token(hs, claims, (text) => secret(text).subarray(0, 16))],
  [
    'the signature of other claims',
    `${encoded(hs)}.${encoded({ ...claims, sub: 'root' })}.${signed(claims).split('.')[2]}`,
  ],
  ['a kid that nobody published', token({ alg: 'RS256', kid: 'second' }, claims, rsa(foreign.privateKey))],
  ['a kid that climbs', token({ alg: 'HS256', kid: '../../../dev/null' }, claims, hmac(''))],
  ['a kid that asks a database', token({ alg: 'HS256', kid: "x' UNION SELECT 'key" }, claims, hmac('key'))],
  ['a kid that is no text', token({ alg: 'RS256', kid: { $ne: 1 } }, claims, rsa(foreign.privateKey))],
  ['a kid __proto__', token('{"alg":"RS256","kid":"__proto__"}', claims, rsa(foreign.privateKey))],
  [
    'a key of its own (jwk)',
    token(
      { alg: 'RS256', jwk: foreign.publicKey.export({ format: 'jwk' }) },
      claims,
      rsa(foreign.privateKey),
    ),
  ],
  [
    'an address of its own (jku)',
    token({ alg: 'RS256', jku: 'http://127.0.0.1:1/keys' }, claims, rsa(foreign.privateKey)),
  ],
  [
    'a certificate of its own (x5u)',
    token({ alg: 'RS256', x5u: 'http://127.0.0.1:1/cert' }, claims, rsa(foreign.privateKey)),
  ],
  ['a critical header that nobody knows', token({ ...hs, crit: ['x'], x: 1 }, claims, secret)],
  ['an unencoded payload (b64)', token({ ...hs, crit: ['b64'], b64: false }, claims, secret)],
  ['expired', signed({ ...claims, exp: now - 1 })],
  ['expired before time began', signed({ ...claims, exp: -1 })],
  ['no end', signed(without('exp'))],
  ['an end that is text', signed({ ...claims, exp: String(now + 3600) })],
  ['an end that is null', signed({ ...claims, exp: null })],
  ['an end that is a list', signed({ ...claims, exp: [now + 3600] })],
  ['not good yet', signed({ ...claims, nbf: now + 3600 })],
  ['another issuer', signed({ ...claims, iss: 'https://id.example.evil' })],
  ['no issuer', signed(without('iss'))],
  ['another audience', signed({ ...claims, aud: 'other' })],
  ['audiences without ours', signed({ ...claims, aud: ['parlance2', 'PARLANCE'] })],
  ['no audience', signed(without('aud'))],
  ['no subject', signed(without('sub'))],
  ['an empty subject', signed({ ...claims, sub: '' })],
  ['a subject that is a number', signed({ ...claims, sub: 7 })],
  ['a subject too long', signed({ ...claims, sub: 'x'.repeat(201) })],
  ['the subject of the gateway itself', signed({ ...claims, sub: 'system' })],
  ['half a surrogate pair as a subject', signed(JSON.stringify(claims).replace('ann', '\\ud800'))],
  ['claims that are a list', signed([claims])],
  ['claims that are a text', signed('"ann"')],
  ['claims that are no JSON', signed('{')],
  ['claims of nothing but depth', signed(nested.replaceAll('a', 'sub'))],
  ['a token within a token', token({ ...hs, cty: 'JWT' }, signed(claims), secret)],
  ['a header that is no JSON', token('{', claims, secret)],
  ['a header that is null', token('null', claims, secret)],
  ['three empty parts', '..'],
  ['parts that are no base64url', '!!!.???.###'],
  ['padding', `${signed(claims)}==`],
]

const bearer = (value: string) => ({ bearer: value, json: 1 })

describe('a token', () => {
  for (const [what, value] of good) {
    it(`is taken: ${what}`, async () => {
      assert.equal((await http(victim.gateway, 'POST', '/lobby/emit', bearer(value))).status, 200)
    })
  }

  it('is refused in more than twenty ways, no two of which are alike', () => {
    assert.ok(bad.length > 20)
    for (const column of [0, 1] as const)
      assert.equal(new Set(bad.map((row) => row[column])).size, bad.length)
  })

  for (const [what, value] of bad) {
    it(`is refused: ${what}`, async () => {
      const answer = await http(victim.gateway, 'POST', '/lobby/emit', bearer(value))
      assert.equal(answer.status, 401, answer.text)
      assert.ok(['TOKEN_INVALID', 'TOKEN_EXPIRED'].includes(answer.body.code), answer.text)
    })
  }

  it('of another algorithm is refused where there is nothing but the secret, too', async (t) => {
    const other = await Victim.start(t)
    const others: [string, string][] = [
      ['none', token({ alg: 'none' }, claims, () => '')],
      ['HS384', token({ alg: 'HS384' }, claims, hmac(testSecret, 'sha384'))],
      ['HS512', token({ alg: 'HS512' }, claims, hmac(testSecret, 'sha512'))],
      ['RS256', token(rs, claims, rsa(own.privateKey))],
    ]
    await other.withstands(async () => {
      for (const [what, value] of others) {
        const answer = await http(other.gateway, 'POST', '/lobby/emit', bearer(value))
        assert.deepEqual([answer.status, answer.body.code], [401, 'TOKEN_INVALID'], what)
      }
    })
    assert.equal((await http(other.gateway, 'POST', '/lobby/emit', bearer(signed(claims)))).status, 200)
  })

  it('with four or five parts, or two, is no token, and nobody’s credential', async () => {
    for (const value of ['a.b', 'a.b.c.d', `${signed(claims)}.x.y`]) {
      const answer = await http(victim.gateway, 'POST', '/lobby/emit', bearer(value))
      assert.deepEqual([answer.status, answer.body.code], [401, 'UNKNOWN_PARTICIPANT'])
    }
  })

  it('that is refused at one door is refused at every door, and none of them says more than why', async () => {
    const evil = token({ alg: 'none' }, claims, () => '')
    const { gateway } = victim
    const rooms = await SocketClient.open(
      socketUrl(gateway, '/gateway', { roomId: 'lobby', participantId: evil }),
    )
    assert.equal((await rooms.closed).code, 4401)
    const comms = await SocketClient.open(socketUrl(gateway, '/comms'))
    comms.send({ f: 110, cnf: { token: evil } })
    assert.equal((await comms.closed).code, 4000)
    for (const door of ['/lobby/listen', '/messenger']) {
      const refused = await SocketClient.open(socketUrl(gateway, door), {
        headers: { authorization: `Bearer ${evil}` },
      }).catch((error: unknown) => error)
      assert.match(String(refused), /refused with 401/, door)
    }
    const rest = await http(gateway, 'POST', '/api/rooms/lobby/messages', {
      bearer: evil,
      json: { content: 'x' },
    })
    assert.equal(rest.body.error.code, 'token_invalid')
  })

  it('refused a thousand times leaves nothing behind, and the key server in peace', async () => {
    const asked = keys.requests
    await victim.forgets(async () => {
      for (let i = 0; i < 1000; i++) {
        const evil = token({ alg: 'RS256', kid: `kid ${i}` }, claims, () => 'x')
        await http(victim.gateway, 'GET', `/lobby/history`, { bearer: evil })
      }
    })
    assert.ok(keys.requests - asked <= 2, 'an unknown key is not asked for each time')
  })
})

describe('keys that cannot be read', () => {
  const answers: [string, { status: number; body: string }][] = [
    ['an error', { status: 500, body: 'oops' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['no set', { status: 200, body: '{"keys":7}' }],
    ['a redirect', { status: 302, body: '' }],
  ]
  for (const [what, answer] of answers) {
    it(`make a token unproven rather than bad: ${what}`, async (t) => {
      const server = await KeyServer.start(t, [])
      server.answer = answer
      const { gateway } = await Victim.start(t, { jwt: { jwksUrl: server.url } })
      const asked = await http(gateway, 'POST', '/lobby/emit', bearer(token(rs, claims, rsa(own.privateKey))))
      assert.deepEqual([asked.status, asked.body.code], [503, 'UNAVAILABLE'])
      assert.equal(asked.headers.get('retry-after'), '5')
      const local = await http(gateway, 'POST', '/lobby/emit', bearer(signed(claims)))
      assert.equal(local.status, 200, 'the secret is at hand')
    })
  }
})

describe('a token that ends while its bearer is connected', () => {
  it('ends the connection in the words of each protocol', async (t) => {
    const clock = new ManualClock(now * 1000)
    const { gateway } = await Victim.start(t, {}, clock)
    const value = signed({ ...claims, exp: now + 5 })
    const headers = { authorization: `Bearer ${value}` }
    await http(gateway, 'POST', '/lobby/emit', { json: 1 })

    const rooms = await SocketClient.open(
      socketUrl(gateway, '/gateway', { roomId: 'lobby', participantId: value }),
    )
    await rooms.next()
    const comms = await SocketClient.open(socketUrl(gateway, '/comms'))
    comms.send({ f: 110, cnf: { token: value } })
    await comms.until(({ t }: { t?: string }) => t === 'CHANNEL_MOVE')
    const channels = await SocketClient.open(socketUrl(gateway, '/lobby/listen'), { headers })
    await channels.next()
    const messenger = await SocketClient.open(socketUrl(gateway, '/messenger'), { headers })
    messenger.send({ type: 'request', id: '1', payloadType: 'subscribe' })
    await messenger.next()

    clock.advance(6000)
    const codes = await Promise.all(
      [rooms, comms, channels, messenger].map(async (one) => (await one.closed).code),
    )
    assert.equal(codes[0], 4401)
    assert.equal(codes[1], 4000)
    assert.equal(codes[2], 4401)
    assert.ok((codes[3] ?? 0) >= 4000, `${codes[3]}`)
  })
})
