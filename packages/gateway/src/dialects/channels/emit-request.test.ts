import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../../model/problem.ts'
import { payloadOfBody, payloadOfQuery, requireAckOf, selectionOf } from './emit-request.ts'

const query = (text: string): URLSearchParams => new URLSearchParams(text)

function refusesWith(code: string, sentence: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof Problem && error.code === code && sentence.test(error.message)
}

describe('clients=', () => {
  it('is everyone when it is absent', () => {
    assert.equal(selectionOf(query('')), null)
  })

  it('is a number', () => {
    assert.deepEqual(selectionOf(query('clients=3')), { random: 3 })
  })

  it('is ids, separated by commas or repeated', () => {
    assert.deepEqual(selectionOf(query('clients=client_fXoSDfqi,client_hp39x_sa&clients=x')), {
      ids: ['client_fXoSDfqi', 'client_hp39x_sa', 'x'],
    })
  })

  for (const clients of ['0', '-1', '', ',', 'a,,b', '1.5', ' ', 'a b', '+2']) {
    it(`is refused as ${JSON.stringify(clients)}`, () => {
      assert.throws(
        () => selectionOf(new URLSearchParams({ clients })),
        refusesWith('invalid_request', /^"clients" must be/),
      )
    })
  }
})

describe('require-ack=', () => {
  for (const [text, on] of [
    ['', false],
    ['require-ack=true', true],
    ['require-ack=1', true],
    ['require-ack=false', false],
    ['require-ack=0', false],
  ] as const) {
    it(`is ${on ? 'on' : 'off'} with "${text}"`, () => assert.equal(requireAckOf(query(text)), on))
  }

  for (const text of ['require-ack=', 'require-ack=yes', 'require-ack=TRUE', 'require-ack=2']) {
    it(`is refused as "${text}"`, () => {
      assert.throws(() => requireAckOf(query(text)), refusesWith('invalid_request', /^"require-ack" must be/))
    })
  }
})

describe('the payload of a GET', () => {
  it('is the other query parameters, as strings, in their order', () => {
    assert.equal(
      payloadOfQuery(query('hello=world&clients=2&10=a&require-ack=1&9=b&token=t&participantId=p&empty=')),
      '{"hello":"world","10":"a","9":"b","empty":""}',
    )
  })

  it('has an array of strings where a parameter is repeated', () => {
    assert.equal(payloadOfQuery(query('a=1&b=2&a=3')), '{"a":["1","3"],"b":"2"}')
  })

  it('takes names of object properties for names', () => {
    assert.equal(payloadOfQuery(query('__proto__=1&constructor=2')), '{"__proto__":"1","constructor":"2"}')
  })

  it('must be there', () => {
    for (const text of ['', 'clients=2', 'token=x&require-ack=true']) {
      assert.throws(() => payloadOfQuery(query(text)), refusesWith('invalid_request', /no payload/))
    }
  })
})

describe('the payload of a POST', () => {
  it('is any JSON value, digit by digit, without the white space', () => {
    for (const [body, payload] of [
      ['{ "n" : 1.0 }', '{"n":1.0}'],
      ['9223372036854775808\n', '9223372036854775808'],
      ['null', 'null'],
      ['"\\ud800"', '"\\ud800"'],
    ] as const) {
      assert.equal(payloadOfBody(Buffer.from(body), 32), payload)
    }
  })

  it('must be there', () => {
    assert.throws(() => payloadOfBody(Buffer.alloc(0), 32), refusesWith('invalid_request', /no payload/))
  })

  it('must be JSON, or is refused with the position', () => {
    assert.throws(
      () => payloadOfBody(Buffer.from('{"a":1,}'), 32),
      refusesWith('invalid_json', /at position 7/),
    )
  })

  it('must be UTF-8', () => {
    assert.throws(
      () => payloadOfBody(Buffer.from([0x22, 0xff, 0x22]), 32),
      refusesWith('invalid_json', /UTF-8/),
    )
  })
})
