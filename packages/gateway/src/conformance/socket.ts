import { inflateSync } from 'node:zlib'
import { WebSocket } from 'ws'
import type { Opened, SocketOptions } from './network.ts'
import { HandshakeRefused, type Received, type WireEvents } from './peer.ts'

/** Opens a WebSocket. Rejects with `HandshakeRefused`. */
export function openSocket(
  url: URL,
  { headers, subprotocols, timeout, deaf }: SocketOptions,
  events: WireEvents,
): Promise<Opened> {
  const target = new URL(url)
  target.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(target, [...subprotocols], {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: timeout,
    autoPong: !deaf,
  })
  events.opened(socket)
  socket.on('message', (data: Buffer, binary) => events.received(read(data, binary)))
  socket.on('close', (code, reason) => events.ended({ code, reason: reason.toString() }))
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ chosen: socket.protocol }))
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
