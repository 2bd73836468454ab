import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskedLink } from './webhook-link.ts'

test('a masked link shows whose webhook it is, and not its token', () => {
  assert.equal(
    maskedLink('https://discord.com/api/v10/webhooks/1/abc-_'),
    'https://discord.com/api/v10/webhooks/1/***',
  )
  assert.equal(maskedLink(null), null)
})
