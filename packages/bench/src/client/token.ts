import { createHmac } from 'node:crypto'

/** What the gateway under measurement is started with. */
export const secret = 'a secret of the benchmark, 32 characters and more'

/** What services prove themselves with to it. */
export const servicesSecret = 'a secret of services in the benchmark'

/** A token of a user (JWT, HS256), good for an hour. */
export function tokenOf(user: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 3600
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: user, exp })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
