import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A token put together by hand (RFC 7515 §7.1): header and payload are JSON values, or text that is taken as it is. */
export function token(header: unknown, payload: unknown, seal: (signed: string) => Buffer | string): string {
  const signed = `${encoded(header)}.${encoded(payload)}`
  const signature = seal(signed)
  return `${signed}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`
}

export function encoded(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

export const hmac =
  (key: string | Buffer, hash = 'sha256') =>
  (signed: string): Buffer =>
    createHmac(hash, key).update(signed).digest()

export const rsa =
  (key: KeyObject, hash = 'sha256') =>
  (signed: string): Buffer =>
    sign(hash, Buffer.from(signed), key)

export const pss =
  (key: KeyObject) =>
  (signed: string): Buffer =>
    sign('sha256', Buffer.from(signed), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })

export const ecdsa =
  (key: KeyObject) =>
  (signed: string): Buffer =>
    sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })

export function rsaPair(modulusLength = 2048) {
  return generateKeyPairSync('rsa', { modulusLength })
}

export function ecPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

/** Publishes keys as an identity provider does. `answer` replaces what it says. */
export class KeyServer {
  requests = 0
  answer: { status: number; body: string }
  readonly #server: Server

  static async start(
    until: { after(call: () => Promise<void>): void },
    keys: readonly object[],
  ): Promise<KeyServer> {
    const server = new KeyServer(keys)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    until.after(() => server.stop())
    return server
  }

  private constructor(keys: readonly object[]) {
    this.answer = { status: 200, body: JSON.stringify({ keys }) }
    this.#server = createServer((_request, response) => {
      this.requests += 1
      response.writeHead(this.answer.status, { 'content-type': 'application/json' })
      response.end(this.answer.body)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
