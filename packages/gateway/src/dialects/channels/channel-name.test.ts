import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem, type ProblemCode } from '../../model/problem.ts'
import { checkChannelName, matcher } from './channel-name.ts'

function refusesWith(code: ProblemCode): (error: unknown) => boolean {
  return (error) => error instanceof Problem && error.code === code
}

describe('a channel name', () => {
  it('is 1 to 200 characters of any language', () => {
    for (const name of [
      'a',
      'general',
      'A.b_c~d-9',
      'два слова/и косая',
      '👋'.repeat(200),
      'Gateway',
      'gateway2',
    ]) {
      assert.equal(checkChannelName(name, 200), name)
    }
  })

  it('is refused when it is empty, too long, undecodable or has control characters', () => {
    for (const name of ['', 'x'.repeat(201), null, undefined, 'a\nb', 'a\u0000', '\u009b']) {
      assert.throws(() => checkChannelName(name, 200), refusesWith('invalid_request'))
    }
  })

  for (const name of 'gateway comms ws messenger api v1 admin healthz readyz metrics'.split(' ')) {
    it(`is not "${name}", which the gateway needs itself`, () => {
      assert.throws(() => checkChannelName(name, 200), refusesWith('reserved_name'))
    })
  }
})

describe('patterns of open channels', () => {
  it('match as they stand, with * for any characters', () => {
    const isOpen = matcher(['public-*', 'a.b', '*/open/*'])
    for (const name of ['public-', 'public-x', 'a.b', 'x/open/y', '/open/', 'public-a\u2028b']) {
      assert.ok(isOpen(name), name)
    }
    for (const name of ['Public-x', 'xpublic-', 'axb', 'a.bc', 'open', '']) assert.ok(!isOpen(name), name)
  })

  it('match nothing when there are none', () => {
    assert.ok(!matcher([])(''))
  })
})
