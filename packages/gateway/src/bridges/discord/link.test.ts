import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rest, wrongLinks } from '../../../test/support/wrong-links.ts'
import { Problem } from '../../model/problem.ts'
import { checkWebhookLink, parseWebhookLink } from './link.ts'
import { defaultDiscordSettings } from './settings.ts'

const settings = defaultDiscordSettings

const taken = [
  `https://discord.com/${rest}`,
  `https://discordapp.com/${rest}`,
  `https://canary.discord.com/${rest}`,
  `https://ptb.discord.com/${rest}`,
  'https://discord.com/api/v10/webhooks/1/t',
  'https://discord.com/api/v9/webhooks/1/t',
]
for (const link of taken) {
  test(`taken: ${link}`, () => checkWebhookLink(link, settings))
}

for (const link of wrongLinks) {
  test(`refused: ${JSON.stringify(link.slice(0, 100))}`, () => {
    assert.throws(() => checkWebhookLink(link, settings), { name: 'Problem', code: 'invalid_request' })
  })
}

test('a refusal names the hosts that are taken, and nothing of the link', () => {
  assert.throws(
    () => checkWebhookLink('https://discord.com/api/webhooks/77/TopSecret?x', settings),
    (problem: unknown) =>
      problem instanceof Problem &&
      /canary\.discord\.com/.test(problem.message) &&
      !/77|TopSecret/.test(problem.message + problem.stack),
  )
})

test('what is taken leads to a host of the list, whatever is written', () => {
  const piece = fc.constantFrom(
    ...[
      'https://',
      'http://',
      'discord.com',
      'evil.example',
      '127.0.0.1',
      '@',
      ':',
      '/',
      '\\',
      '?',
      '#',
      '.',
      '%2f',
    ],
    ...['api', '/api/webhooks/1/t', 'webhooks', '1', 't', ' ', '\t', '[::1]', '443'],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const link = pieces.join('')
      try {
        checkWebhookLink(link, settings)
      } catch {
        return
      }
      const url = new URL(link)
      assert.equal(url.href, link)
      assert.equal(url.origin, 'https://discord.com')
      assert.equal(url.username + url.password + url.search + url.hash, '')
    }),
    { numRuns: 2000 },
  )
})

test('an origin of the operator’s own is let through, its neighbours are not', () => {
  const own = { ...settings, trustedOrigins: ['http://127.0.0.1:8123'] }
  assert.deepEqual(parseWebhookLink('http://127.0.0.1:8123/api/webhooks/7/t', own), {
    url: 'http://127.0.0.1:8123/api/webhooks/7/t',
    webhookId: '7',
    trusted: true,
  })
  assert.equal(parseWebhookLink('https://discord.com/api/webhooks/7/t', own).trusted, false)
  for (const origin of [
    'http://127.0.0.1:8124',
    'https://127.0.0.1:8123',
    'http://127.0.0.1',
    'http://x@127.0.0.1:8123',
  ]) {
    assert.throws(() => checkWebhookLink(`${origin}/api/webhooks/7/t`, own), Problem, origin)
  }
  assert.throws(() => checkWebhookLink('http://127.0.0.1:8123/admin', own), Problem)
})

test('a host of the list that is an address or has a port does not count', () => {
  for (const host of ['127.0.0.1', '127.0.0.1:80', '2130706433', '0x7f.1', 'discord.com:8443', '[::1]']) {
    const misconfigured = { hosts: [host], trustedOrigins: [] }
    assert.throws(() => checkWebhookLink(`https://${host}/${rest}`, misconfigured), Problem, host)
  }
})
