import { inflateSync } from 'node:zlib'
import { WebSocket } from 'ws'
import { HandshakeRefused, Peer, type Received } from './peer.ts'

interface SocketOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly subprotocols: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
  readonly hear: (frame: Received, peer: Peer) => void
}

/** A WebSocket that is open, and the subprotocol the server has chosen. Rejects with `HandshakeRefused`. */
export function openSocket(
  url: URL,
  { headers, subprotocols, timeout, hear }: SocketOptions,
): Promise<{ peer: Peer; chosen: string }> {
  const target = new URL(url)
  target.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(target, [...subprotocols], {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: timeout,
  })
  const peer = new Peer((frame) => hear(frame, peer))
  peer.attach(socket)
  socket.on('message', (data: Buffer, binary) => peer.received(read(data, binary)))
  socket.on('close', (code, reason) => peer.ended({ code, reason: reason.toString() }))
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ peer, chosen: socket.protocol }))
    // After a handshake that was refused there is no connection that could fail as well.
    socket.on('error', reject)
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        reject(new HandshakeRefused(response.statusCode ?? 0, Buffer.concat(chunks).toString()))
        socket.terminate()
      })
    })
  })
}

function read(data: Buffer, binary: boolean): Received {
  if (!binary) return { text: data.toString(), zipped: false }
  try {
    return { text: inflateSync(data).toString(), zipped: true }
  } catch {
    return { text: `<${data.length} bytes that are no zlib stream>`, zipped: true }
  }
}
