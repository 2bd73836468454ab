import { SocketClient, socketUrl, type Target, tokenFor } from '../harness.ts'
import type { TokenClaims } from './tokens.ts'

export interface CommsFrame {
  readonly f: number
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  readonly cnf: any
  readonly s?: number
  readonly t?: string
}

/** A client of the protocol `comms`. */
export class CommsClient {
  readonly socket: SocketClient
  /** What 140 said. */
  ready: { readonly session_id: number; readonly enc_key: string; readonly resumed?: boolean } | undefined

  /** Connects and takes 100; nothing is presented yet. */
  static async open(gateway: Target): Promise<CommsClient> {
    const socket = await SocketClient.open(socketUrl(gateway, '/comms'))
    const client = new CommsClient(socket)
    await socket.next()
    return client
  }

  /** Connects, presents itself, and is in the default channel. */
  static async join(gateway: Target, user: string, claims: TokenClaims = {}): Promise<CommsClient> {
    const client = await CommsClient.open(gateway)
    await client.present({ token: tokenFor(user, claims) })
    await client.event('CHANNEL_MOVE')
    return client
  }

  constructor(socket: SocketClient) {
    this.socket = socket
  }

  async present(cnf: object): Promise<CommsFrame> {
    this.socket.send({ f: 110, cnf })
    const frame = await this.next()
    this.ready = frame.cnf
    return frame
  }

  execute(t: string, cnf: object = {}, s?: number): void {
    this.socket.send({ f: 130, cnf, ...(s !== undefined && { s }), t })
  }

  next(): Promise<CommsFrame> {
    return this.socket.next<CommsFrame>()
  }

  /** The next frame must be this event; its `cnf`. */
  async event(t: string): Promise<CommsFrame['cnf']> {
    const frame = await this.next()
    if (frame.t !== t) throw new Error(`expected ${t}, got ${JSON.stringify(frame)}`)
    return frame.cnf
  }

  /** The next frame must be an error; its `cnf` without the sentence. */
  async error(): Promise<object> {
    const { f, cnf } = await this.next()
    if (f !== 150) throw new Error(`expected an error, got ${JSON.stringify(cnf)}`)
    const { m, ...rest } = cnf
    if (typeof m !== 'string' || m === '') throw new Error('an error says why')
    return rest
  }
}
