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

/** The first eight of an IPv6 address's sixteen bytes. */
function networkOf(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = addressBytes(address)
  const groups = [a * 256 + b, c * 256 + d, e * 256 + f, g * 256 + h]
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`
}

/** The four or sixteen bytes of an address, however it is written (RFC 4291 §2.2); a zone is no part of it. */
export function addressBytes(address: string): number[] {
  if (isIP(address) === 4) return address.split('.').map(Number)
  const [before = '', after] = address.replace(/%.*/, '').split('::')
  const [head, tail] = [bytesIn(before), bytesIn(after ?? '')]
  const missing = after === undefined ? 0 : 16 - head.length - tail.length
  return [...head, ...Array<number>(missing).fill(0), ...tail]
}

function bytesIn(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
