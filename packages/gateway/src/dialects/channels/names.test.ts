import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Problem, type ProblemCode } from '../../model/problem.ts'
import { anchorId, parseSince } from './anchor.ts'
import { checkSite } from './caller.ts'
import { checkChannelName, matcher } from './channel-name.ts'
import { defaultChannelsOptions } from './options.ts'

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
      assert.equal(checkChannelName(name), name)
    }
  })

  it('is refused when it is empty, too long, undecodable or has control characters', () => {
    for (const name of ['', 'x'.repeat(201), null, undefined, 'a\nb', 'a\u0000', '\u009b']) {
      assert.throws(() => checkChannelName(name), refusesWith('invalid_request'))
    }
  })

  for (const name of 'gateway comms ws messenger api v1 admin healthz readyz metrics'.split(' ')) {
    it(`is not "${name}", which the gateway needs itself`, () => {
      assert.throws(() => checkChannelName(name), refusesWith('reserved_name'))
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

describe('since', () => {
  it('is the id of an event', () => {
    assert.deepEqual(parseSince('evt_gPVZZQC5'), { eventId: 'evt_gPVZZQC5' })
    assert.deepEqual(parseSince('evt_abc_def-0123456_'), { eventId: 'evt_abc_def-0123456_' })
  })

  it('is the id of a CONNECTED frame, which holds the position', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string({ minLength: 1, maxLength: 30 }), (seq, epoch) => {
        fc.pre(epoch.isWellFormed())
        const id = anchorId({ epoch, seq }, 'ab_cd-0123456789')
        assert.match(id, /^evt_[A-Za-z0-9_-]{8,}$/)
        assert.deepEqual(parseSince(id), { epoch, seq })
      }),
    )
  })

  it('is nothing else', () => {
    const nonsense = [
      '1',
      '-1',
      'null',
      'evt_',
      'evt_short',
      'evt_12345678 ',
      'client_fXoSDfqi',
      `evt_${'x'.repeat(500)}`,
    ]
    nonsense.push(anchorId({ epoch: 'e', seq: 0 }, 'ab_cd-0123456789').replace('_0_', '_zzzzzzzzzzz_'))
    for (const text of nonsense) {
      assert.throws(() => parseSince(text), refusesWith('invalid_position'), text)
    }
  })
})

describe('a page of another site', () => {
  const options = { ...defaultChannelsOptions, allowedOrigins: ['https://app.example'] }
  const asking = (headers: Record<string, string>) => ({
    query: new URLSearchParams(),
    header: (name: string) => headers[name],
  })

  it('may emit when its origin is allowed', () => {
    checkSite(asking({ 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }), options)
  })

  it('may not when it is not, or not said', () => {
    const origins: Record<string, string>[] = [{}, { origin: 'null' }, { origin: 'https://app.example.evil' }]
    for (const headers of origins) {
      const request = asking({ 'sec-fetch-site': 'cross-site', ...headers })
      assert.throws(() => checkSite(request, options), refusesWith('origin_not_allowed'))
    }
  })

  it('is told from one of the same site, a typed address and no browser at all', () => {
    for (const site of ['same-origin', 'same-site', 'none'])
      checkSite(asking({ 'sec-fetch-site': site }), options)
    checkSite(asking({}), options)
  })
})
