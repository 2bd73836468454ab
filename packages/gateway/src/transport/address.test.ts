import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { addressBytes, clientAddress, isLoopback } from './address.ts'

function address(remoteAddress: string, forwarded: string | undefined, hops: number): string {
  const request = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }
  return clientAddress(request as unknown as IncomingMessage, hops)
}

test('without trusted proxies nobody is believed', () => {
  assert.equal(address('192.0.2.1', '203.0.113.9', 0), '192.0.2.1')
})

test('as many places from the right count as there are trusted proxies', () => {
  assert.equal(address('10.0.0.1', 'invented, 203.0.113.9', 1), '203.0.113.9')
  assert.equal(address('10.0.0.1', '198.51.100.7,203.0.113.9, 10.0.0.2', 2), '203.0.113.9')
  assert.equal(address('10.0.0.1', '2001:db8::7', 1), '2001:db8:0:0::/64')
})

test('a header that does not come from the proxies leaves the address of the socket', () => {
  assert.equal(address('10.0.0.1', undefined, 1), '10.0.0.1')
  assert.equal(address('10.0.0.1', '203.0.113.9', 2), '10.0.0.1')
  assert.equal(address('10.0.0.1', 'unknown', 1), '10.0.0.1')
})

test('an IPv4 address in IPv6 clothes is given plain', () => {
  assert.equal(address('::ffff:192.0.2.1', undefined, 0), '192.0.2.1')
  assert.equal(address('10.0.0.1', '::ffff:203.0.113.9', 1), '203.0.113.9')
})

test('of an IPv6 address only the network counts, however it is written', () => {
  for (const written of [
    '2001:db8:0:2::7',
    '2001:DB8:0:2:aaaa:bbbb:cccc:dddd',
    '2001:0db8:0000:0002::192.0.2.1',
  ]) {
    assert.equal(address(written, undefined, 0), '2001:db8:0:2::/64', written)
  }
  assert.equal(address('2001:db8:0:3::7', undefined, 0), '2001:db8:0:3::/64')
  assert.equal(address('fe80::1%eth0', undefined, 0), 'fe80:0:0:0::/64')
  assert.equal(address('::', undefined, 0), '0:0:0:0::/64')
  assert.equal(address('::1', undefined, 0), '::1')
})

test('an address is so many bytes, however it is written', () => {
  assert.deepEqual(addressBytes('192.0.2.1'), [192, 0, 2, 1])
  const mapped = [...Array(10).fill(0), 255, 255, 192, 0, 2, 1]
  for (const written of ['::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1%eth0'])
    assert.deepEqual(addressBytes(written), mapped, written)
  assert.deepEqual(addressBytes('::'), Array(16).fill(0))
  assert.deepEqual(addressBytes('2001:db8::1').slice(0, 4), [0x20, 0x01, 0x0d, 0xb8])
})

test('loopback is 127.0.0.0/8 and ::1', () => {
  for (const own of ['127.0.0.1', '127.255.0.3', '::1']) assert.equal(isLoopback(own), true, own)
  for (const other of ['128.0.0.1', '127.evil.example', '1127.0.0.1', '::2', '']) {
    assert.equal(isLoopback(other), false, other)
  }
})
