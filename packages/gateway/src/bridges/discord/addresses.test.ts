import assert from 'node:assert/strict'
import type { LookupAddress, LookupAllOptions } from 'node:dns'
import { test } from 'node:test'
import { isPublicAddress, publicLookup } from './addresses.ts'

const open = [
  '1.1.1.1',
  '162.159.135.232',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700::6810:84e5',
  '2a00:1450:4001:830::200e',
  '2001:4860:4860::8888',
]

const closed = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.0',
  '10.255.255.255',
  '100.64.0.0',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.255',
  '169.254.0.0',
  '169.254.169.254',
  '172.16.0.0',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.0',
  '192.168.255.255',
  '198.18.0.0',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '::ffff:1.1.1.1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::1',
  '3fff::1',
  '4000::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  '2606:4700::1%eth0',
  'fec0::1',
  'ff02::1',
  '',
  'localhost',
  '127.1',
  '2130706433',
  '0x7f000001',
]

for (const address of open) {
  test(`${address} is public`, () => assert.equal(isPublicAddress(address), true))
}
for (const address of closed) {
  test(`${JSON.stringify(address)} is not public`, () => assert.equal(isPublicAddress(address), false))
}

function lookUp(addresses: string[], all: boolean): Promise<unknown> {
  const found: LookupAddress[] = addresses.map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }))
  type Callback = (error: null, addresses: LookupAddress[]) => void
  const resolver = (_: string, __: LookupAllOptions, callback: Callback) => callback(null, found)
  const lookup = publicLookup(resolver as Parameters<typeof publicLookup>[0])
  return new Promise((resolve, reject) => {
    lookup('discord.com', { all }, (error, address, family) => {
      if (error === null) resolve(all ? address : { address, family })
      else reject(error)
    })
  })
}

test('a look-up hands on public addresses, in the form that was asked for', async () => {
  assert.deepEqual(await lookUp(['1.1.1.1', '2606:4700::1'], true), [
    { address: '1.1.1.1', family: 4 },
    { address: '2606:4700::1', family: 6 },
  ])
  assert.deepEqual(await lookUp(['1.1.1.1'], false), { address: '1.1.1.1', family: 4 })
})

test('a look-up fails when any of the addresses is not public, or there is none', async () => {
  for (const addresses of [['127.0.0.1'], ['1.1.1.1', '10.0.0.1'], ['::1', '1.1.1.1'], []]) {
    for (const all of [true, false]) {
      await assert.rejects(lookUp(addresses, all), { code: 'EPRIVATE' }, addresses.join())
    }
  }
})

test('a look-up hands on the resolver’s own failure', async () => {
  const failure = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
  const resolver = (_: string, __: LookupAllOptions, callback: (error: Error) => void) => callback(failure)
  const lookup = publicLookup(resolver as Parameters<typeof publicLookup>[0])
  const error = await new Promise((resolve) => lookup('discord.com', { all: true }, resolve))
  assert.equal(error, failure)
})
