import type { HttpPool } from '../client/http.ts'
import { tokenOf } from '../client/token.ts'
import { LoadSocket } from '../client/web-socket.ts'

/** A client of comms that has presented itself and is in the channel it wants. */
export class CommsClient {
  readonly #socket: LoadSocket
  #heard: () => void = () => {}
  #expected = ''

  private constructor(socket: LoadSocket) {
    this.#socket = socket
  }

  /** Resolves in the default channel. */
  static async present(port: number, user: string): Promise<CommsClient> {
    const { promise, resolve } = Promise.withResolvers<CommsClient>()
    const token = tokenOf(user)
    await LoadSocket.open(port, '/comms', (socket) => {
      const client = new CommsClient(socket)
      void client.#expect('"t":"CHANNEL_MOVE"').then(() => resolve(client))
      return (_opcode, buffer, start, end) => {
        const frame = buffer.toString('utf8', start, end)
        if (frame.startsWith('{"f":100')) socket.send(JSON.stringify({ f: 110, cnf: { token } }))
        if (frame.startsWith('{"f":150')) throw new Error(`comms refused: ${frame}`)
        client.#hear(frame)
      }
    })
    return promise
  }

  /** Makes the channel and moves there. */
  async move(http: HttpPool, channel: string): Promise<void> {
    await http.ask('POST', `/${channel}/emit`, '1')
    this.#socket.send(JSON.stringify({ f: 130, t: 'CHANNEL_MOVE', cnf: { channel } }))
    await this.#expect('"t":"CHANNEL_MOVE"')
  }

  /** Resolves when the gateway has told it its own message: it is kept. */
  post(content: string, nonce: number): Promise<void> {
    this.#socket.send(`{"f":130,"t":"MESSAGE_CREATE","cnf":{"content":"${content}","nonce":${nonce}}}`)
    return this.#expect(`"nonce":${nonce}}`)
  }

  /** Sends heartbeats, the next whenever one is answered, and calls `answered` each time. */
  beat(answered: () => void): void {
    this.#socket.hear = () => {
      answered()
      this.#socket.send('{"f":120}')
    }
    this.#socket.send('{"f":120}')
  }

  leave(): void {
    this.#socket.cut()
  }

  #expect(part: string): Promise<void> {
    this.#expected = part
    return new Promise((resolve) => {
      this.#heard = resolve
    })
  }

  #hear(frame: string): void {
    if (this.#expected !== '' && frame.includes(this.#expected)) {
      this.#expected = ''
      this.#heard()
    }
  }
}
