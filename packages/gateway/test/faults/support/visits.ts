import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Target, tokenFor } from '../../harness.ts'
import { servicesSecret } from '../../support/service-gateway.ts'
import { room } from './follower.ts'

/** How somebody comes in by a protocol: what they ask for, what they say then, and what tells them that they are in. */
interface Way {
  readonly path: (token: string) => string
  readonly says?: (token: string) => object
  readonly isIn: string
  /** An event stream: nothing but HTTP. */
  readonly stream?: true
}

const ways: readonly Way[] = [
  { path: (token) => `/gateway?roomId=${room}&participantId=${token}`, isIn: '{"e":0,' },
  { path: () => '/comms', says: (token) => ({ f: 110, cnf: { token } }), isIn: '"t":"CHANNEL_MOVE"' },
  { path: () => `/${room}/listen`, isIn: '"type":"CONNECTED"' },
  { path: () => `/${room}/listen`, isIn: 'event: CONNECTED', stream: true },
  {
    path: () => '/messenger',
    says: () => ({ type: 'request', timestamp: 1, id: 's', payloadType: 'subscribe', payload: {} }),
    isIn: '"lastEventId":',
  },
  {
    path: () => '/ws/v1',
    says: () => ({ op: 0, d: { type: 'panel', compress: false, secret: servicesSecret } }),
    isIn: '"IDENTIFIED"',
  },
]

/**
 * Visits by one protocol after the other: in some the visitor breaks off at the first bytes, in the others not before they are
 * identified, in the room and subscribed; of these every other one says that it goes. Bytes only: a client library would cost more than
 * the gateway.
 */
export async function visit(target: Target, user: string, number: number, comesIn: boolean): Promise<void> {
  const { path, says, isIn, stream } = ways[number % ways.length]!
  const isPolite = stream === undefined && Math.floor(number / ways.length) % 2 === 0
  const token = tokenFor(user, { name: user })
  const visitor = new Visitor(connect(Number(new URL(target.url).port), '127.0.0.1'))
  visitor.write(request(path(token), stream === true ? null : token))
  await visitor.hears(stream === true ? 'HTTP/1.1 200' : 'HTTP/1.1 101')
  if (comesIn) {
    if (says !== undefined) visitor.write(masked(0x1, JSON.stringify(says(token))))
    await visitor.hears(isIn)
  }
  if (comesIn && isPolite) visitor.write(masked(0x8, ''))
  else visitor.breakOff()
  await visitor.gone
}

class Visitor {
  /** Resolves when the connection has gone, by whomever. */
  readonly gone: Promise<unknown>
  readonly #socket: Socket
  #heard = ''
  #heardMore = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    this.gone = once(socket, 'close')
    socket.on('data', (bytes) => {
      this.#heard += bytes.toString('latin1')
      this.#heardMore()
    })
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes)
  }

  breakOff(): void {
    this.#socket.destroy()
  }

  /** Rejects when the connection goes before this has been heard. */
  async hears(text: string): Promise<void> {
    while (!this.#heard.includes(text)) {
      const more = new Promise<void>((resolve) => {
        this.#heardMore = resolve
      })
      await Promise.race([more, this.gone])
      if (this.#socket.closed) throw new Error(`the connection ended before ${text}: ${this.#heard}`)
    }
  }
}

/** Without a token it is for an event stream, which anyone may hear. */
function request(path: string, token: string | null): string {
  const lines = [`GET ${path} HTTP/1.1`, 'Host: x']
  if (token === null) lines.push('Accept: text/event-stream')
  else {
    lines.push('Connection: Upgrade', 'Upgrade: websocket', `Authorization: Bearer ${token}`)
    lines.push('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** A frame of a client (RFC 6455 §5.2), with a mask of zeros. */
function masked(opcode: number, text: string): Buffer {
  const { length } = Buffer.from(text)
  const extended = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([0x80 | opcode, ...extended, 0, 0, 0, 0]), Buffer.from(text)])
}
