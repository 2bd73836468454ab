import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OriginPolicy } from './origin.ts'

const listed = new OriginPolicy(['https://app.example', 'http://localhost:3000'], 'production')

test('only what stands on the list, character by character, is allowed', () => {
  assert.equal(listed.allows('https://app.example', 'gateway.example'), true)
  assert.equal(listed.allows('http://localhost:3000', undefined), true)
  const foreign = [
    'null',
    '',
    'https://app.example.evil.example',
    'https://evil-app.example',
    'https://sub.app.example',
    'https://app.example:8443',
    'https://app.example:443',
    'https://APP.example',
    'HTTPS://app.example',
    'http://app.example',
    'https://app.example/',
    'https://app.example@evil.example',
    'http://localhost:3001',
    'http://localhost',
  ]
  for (const origin of foreign) assert.equal(listed.allows(origin, 'gateway.example'), false, origin)
})

test('without an origin it is no web page', () => {
  assert.equal(listed.allows(undefined, 'gateway.example'), true)
})

test('a page of the same host and port is not foreign', () => {
  assert.equal(listed.allows('https://gateway.example', 'gateway.example'), true)
  assert.equal(listed.allows('http://gateway.example:8080', 'gateway.example:8080'), true)
  assert.equal(listed.allows('http://gateway.example:8081', 'gateway.example:8080'), false)
  assert.equal(listed.allows('https://gateway.example.evil', 'gateway.example'), false)
})

test('development mode with an empty list allows the pages of this machine', () => {
  const development = new OriginPolicy([], 'development')
  for (const origin of [
    'http://localhost:5173',
    'https://localhost',
    'http://127.0.0.1:80',
    'http://[::1]:9',
  ]) {
    assert.equal(development.allows(origin, '127.0.0.1:8080'), true, origin)
  }
  for (const origin of [
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'null',
    'https://a.example',
  ]) {
    assert.equal(development.allows(origin, '127.0.0.1:8080'), false, origin)
  }
  assert.equal(new OriginPolicy([], 'production').allows('http://localhost:5173', undefined), false)
  assert.equal(
    new OriginPolicy(['https://a.example'], 'development').allows('http://localhost', undefined),
    false,
  )
})
