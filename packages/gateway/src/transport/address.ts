import type { IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'

/**
 * Whose request it is. Behind `trustedHops` proxies, each of which appends the address it was called from to `X-Forwarded-For`,
 * that many places from the right; what stands further left anyone can invent. An IPv4 address in IPv6 clothes is given plain;
 * of IPv6 it is the network (`2001:db8:1:2::/64`), all of which one caller has.
 */
export function clientAddress(request: IncomingMessage, trustedHops: number): string {
  const direct = peerAddress(request.socket)
  const header = request.headers['x-forwarded-for']
  if (trustedHops === 0 || header === undefined) return direct
  const hops = [header].flat().join(',').split(',')
  const forwarded = hops[hops.length - trustedHops]?.trim() ?? ''
  return isIP(forwarded) === 0 ? direct : plain(forwarded)
}

/** Whoever is at the other end of a socket, as `clientAddress` has it. */
export function peerAddress({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string {
  return plain(remoteAddress ?? '')
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}

function plain(address: string): string {
  if (address.startsWith('::ffff:') && isIP(address.slice(7)) === 4) return address.slice(7)
  return isIP(address) === 6 && !isLoopback(address) ? networkOf(address) : address
}

/** The first four of an IPv6 address's eight groups (RFC 4291 §2.2), however it is written. */
function networkOf(address: string): string {
  const [before = '', after] = address.split('::')
  const groups = groupsIn(before)
  const missing = after === undefined ? 0 : 8 - groups.length - groupsIn(after).length
  const all = [...groups, ...Array<string>(missing).fill('0'), ...groupsIn(after ?? '')]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

/** An IPv4 address at the end stands for two groups. */
function groupsIn(text: string): string[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))
}
