import { lookup as resolve } from 'node:dns'
import { BlockList, isIPv4, isIPv6, type LookupFunction } from 'node:net'

/** IPv4 blocks that are not the public internet (RFC 6890, and the registry of special-purpose addresses it began). */
const closedIPv4 = blockList('ipv4', [
  ['0.0.0.0', 8], // this host
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // behind a carrier's NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata services of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
])

/**
 * Global unicast. What is outside is loopback, unspecified, IPv4-mapped and translated (`::ffff:0:0/96`, `64:ff9b::/96`, which
 * would reach any IPv4 address), unique local, link-local or multicast.
 */
const openIPv6 = blockList('ipv6', [['2000::', 3]])

/** Inside global unicast, but not the public internet. */
const closedIPv6 = blockList('ipv6', [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: carries any IPv4 address
  ['3fff::', 20], // documentation
])

function blockList(family: 'ipv4' | 'ipv6', blocks: [string, number][]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of blocks) list.addSubnet(network, prefix, family)
  return list
}

/** Whether an address, as a name look-up gives it, is one of the public internet. False for what is no address. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !closedIPv4.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  return openIPv6.check(address, 'ipv6') && !closedIPv6.check(address, 'ipv6')
}

/**
 * A `lookup` for a socket that fails with `EPRIVATE` when the name stands for any address that is not public. The socket
 * connects to the very addresses checked here, so a name that resolves differently a moment later gains nothing.
 */
export function publicLookup(resolver: typeof resolve = resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolver(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(Object.assign(new Error('not a public address'), { code: 'EPRIVATE' }), '')
      }
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}
