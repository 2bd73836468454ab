import { connect, type Socket } from 'node:net'
import { clientFrame, FrameReader, type HearFrame, pong } from './frames.ts'

/** One for all sockets: what was read is looked at before anything else is read. */
const readBuffer = Buffer.allocUnsafe(256 * 1024)

const close = 8
const ping = 9

/**
 * A WebSocket that costs its process as little as it can, so that one process can be thousands of clients. It answers pings,
 * and takes a close or the end of the socket for a failure unless it left by itself.
 */
export class LoadSocket {
  /** Called with every data frame. */
  hear: HearFrame = () => {}
  /** Called when the server ends the connection. */
  lost: (why: string) => void = (why) => {
    throw new Error(`a connection was lost: ${why}`)
  }
  readonly #socket: Socket
  readonly #frames = new FrameReader()
  #head: string | null = ''
  #left = false

  private constructor(port: number, path: string, opened: (error: Error | null) => void) {
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#read(readBuffer.subarray(0, length), opened)
          return true
        },
      },
    })
    this.#socket.on('error', (error) => (this.#head === null ? this.#lose(error.message) : opened(error)))
    this.#socket.on('close', () => this.#lose('the server closed it'))
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
  }

  /** Resolves with the handshake's answer; `hear` is set before the first frame is read. */
  static open(port: number, path: string, hear: (socket: LoadSocket) => HearFrame): Promise<LoadSocket> {
    return new Promise((resolve, reject) => {
      const socket = new LoadSocket(port, path, (error) => (error === null ? resolve(socket) : reject(error)))
      socket.hear = hear(socket)
    })
  }

  send(payload: string | Buffer, first?: number): void {
    this.#socket.write(clientFrame(payload, first))
  }

  /** Breaks the connection as a lost network does, and leaves no port behind in TIME_WAIT. */
  cut(): void {
    this.#left = true
    this.#socket.resetAndDestroy()
  }

  #read(chunk: Buffer, opened: (error: Error | null) => void): void {
    if (this.#head === null) return this.#frames.read(chunk, this.#hearFrame)
    this.#head += chunk.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = this.#head
    this.#head = null
    if (!head.startsWith('HTTP/1.1 101')) return opened(new Error(`refused: ${head.slice(0, 300)}`))
    opened(null)
    if (end + 4 < head.length) this.#frames.read(Buffer.from(head.slice(end + 4), 'latin1'), this.#hearFrame)
  }

  readonly #hearFrame: HearFrame = (opcode, buffer, start, end) => {
    if (opcode < close) this.hear(opcode, buffer, start, end)
    else if (opcode === ping) this.send(Buffer.from(buffer.subarray(start, end)), pong)
    else if (opcode === close) this.#lose(`close ${buffer.toString('utf8', start + 2, end)}`)
  }

  #lose(why: string): void {
    if (this.#left) return
    this.#left = true
    this.lost(why)
  }
}
