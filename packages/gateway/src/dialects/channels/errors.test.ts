import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Problem, type ProblemCode, problems } from '../../model/problem.ts'
import { banned, errorCode, kicked, pingTimeout, refusal, replaced, roomClosed, sayingOf } from './errors.ts'

const codes = Object.keys(problems) as ProblemCode[]

describe('channels errors', () => {
  it('are every problem of the gateway by its name in capitals, but for GATEWAY_DOWN', () => {
    for (const code of codes) {
      assert.equal(errorCode(code), code === 'going_down' ? 'GATEWAY_DOWN' : code.toUpperCase())
    }
  })

  const closes: [ProblemCode, number][] = [
    ['payload_too_large', 1009],
    ['internal', 1011],
    ['going_down', 1012],
    ['store_failed', 1013],
    ['token_expired', 4401],
    ['banned', 4403],
    ['slow_consumer', 4420],
    ['rate_limited', 4429],
    ['invalid_request', 4400],
  ]
  for (const [code, close] of closes) {
    it(`close with ${close} for ${code}`, () => assert.equal(sayingOf(new Problem(code)).close, close))
  }

  it('close with a code an endpoint may send, whatever the problem', () => {
    for (const code of codes) {
      const { close } = sayingOf(new Problem(code))
      assert.ok([1009, 1011, 1012, 1013].includes(close) || (close >= 4000 && close < 5000))
    }
  })

  it('are HTTP replies with a sentence, a code and the status of the problem', () => {
    assert.deepEqual(refusal(new Problem('invalid_request', 'There is no payload.')), {
      status: 400,
      headers: {},
      body: { success: false, error: 'There is no payload.', code: 'INVALID_REQUEST' },
    })
  })

  it('say when to try again, how to prove who one is, and what to upgrade to', () => {
    assert.deepEqual(refusal(new Problem('rate_limited', undefined, 1.2)).headers, { 'retry-after': '2' })
    assert.deepEqual(refusal(new Problem('token_expired')).headers, { 'www-authenticate': 'Bearer' })
    assert.deepEqual(refusal(new Problem('upgrade_required')).headers, {
      upgrade: 'websocket',
      connection: 'upgrade',
    })
  })

  it('keep to themselves what an unforeseen error says', () => {
    const reply = refusal(new Error('password=hunter2'))
    assert.equal(reply.status, 500)
    assert.doesNotMatch(JSON.stringify(reply), /hunter2/)
  })
})

describe('docs/protocols/channels.md', () => {
  const page = readFileSync(new URL('../../../../../docs/protocols/channels.md', import.meta.url), 'utf8')
  const rows = page.slice(page.indexOf('## Errors')).split('\n')
  const endings = [
    pingTimeout,
    kicked,
    banned,
    replaced,
    roomClosed,
    ...codes.map((code) => sayingOf(new Problem(code))),
  ]

  it('has every code that closes, in a row with the close code', () => {
    for (const { code, close } of endings) {
      if (close === 4400) continue
      assert.ok(
        rows.some((row) => row.includes(`\`${code}\``) && row.includes(String(close))),
        `${code} with ${close}`,
      )
    }
  })

  it('has no code that is not', () => {
    const known = new Set([...endings.map(({ code }) => code), 'INVALID_MESSAGE', 'UNKNOWN_TYPE'])
    for (const [, code = ''] of rows.join('\n').matchAll(/`([A-Z_]{4,})`/g)) {
      assert.ok(known.has(code) || code === 'ERROR' || code === 'PING', code)
    }
  })
})
