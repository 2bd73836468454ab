import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whose request it is. Behind `trustedHops` proxies, each of which appends the address it was called from to `X-Forwarded-For`,
 * that many places from the right; what stands further left anyone can invent. An IPv4 address in IPv6 clothes is given plain.
 */
export function clientAddress(request: IncomingMessage, trustedHops: number): string {
  const direct = plain(request.socket.remoteAddress ?? '')
  const header = request.headers['x-forwarded-for']
  if (trustedHops === 0 || header === undefined) return direct
  const hops = [header].flat().join(',').split(',')
  const forwarded = plain(hops[hops.length - trustedHops]?.trim() ?? '')
  return isIP(forwarded) === 0 ? direct : forwarded
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}

function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}
