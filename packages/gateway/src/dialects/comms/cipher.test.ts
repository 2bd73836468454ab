import assert from 'node:assert/strict'
import { randomBytes, webcrypto } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { Cipher } from './cipher.ts'

// Made once with Python's `cryptography` 48 (AESGCM) in another process.
const vector = {
  key: Buffer.from(Array.from({ length: 32 }, (_, i) => i)),
  encoded: 'ZGVmZ2hpamtsbW5vD2kd2rp2M77O/c5jrAZxN7OavXyDGBilQ4xIBQ==',
  text: 'Grüße 👋',
}

test('a content that another implementation encrypted is read', () => {
  assert.equal(new Cipher(vector.key).decrypt(vector.encoded), vector.text)
})

test('WebCrypto reads what it writes, and the other way round', async () => {
  const raw = randomBytes(32)
  const cipher = new Cipher(raw)
  const key = await webcrypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const sealed = Buffer.from(cipher.encrypt('hello'), 'base64')
  const opened = await webcrypto.subtle.decrypt(
    { name: 'AES-GCM', iv: sealed.subarray(0, 12) },
    key,
    sealed.subarray(12),
  )
  assert.equal(Buffer.from(opened).toString(), 'hello')
  const iv = randomBytes(12)
  const body = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from('back'))
  assert.equal(cipher.decrypt(Buffer.concat([iv, Buffer.from(body)]).toString('base64')), 'back')
})

test('what was changed, cut or sealed with another key does not open, whatever it is', () => {
  const cipher = new Cipher(randomBytes(32))
  const sealed = Buffer.from(cipher.encrypt('hello'), 'base64')
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ flip
      assert.equal(cipher.decrypt(changed.toString('base64')), null)
    }),
  )
  fc.assert(fc.property(fc.string(), (text) => void cipher.decrypt(text)))
  assert.equal(cipher.decrypt(sealed.subarray(0, 27).toString('base64')), null)
  assert.equal(new Cipher(randomBytes(32)).decrypt(sealed.toString('base64')), null)
})

test('the same content never looks the same twice', () => {
  const cipher = new Cipher(randomBytes(32))
  assert.notEqual(cipher.encrypt('hello'), cipher.encrypt('hello'))
})
