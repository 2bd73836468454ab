/** The clients of `fanout-transport.ts`. They count bytes and look into no frame, so that the server is what is measured. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const [port = 0, subscribers = 0, inFlight = 0] = process.argv.slice(2).map(Number)
const messageBytes = 128
/** A frame of 128 bytes has a header of four. */
const frameBytes = messageBytes + 4
/** FIN, text, masked with zeros: what a client sends (RFC 6455 §5.2). */
const published = Buffer.concat([
  Buffer.from([0x81, 0xfe, 0, messageBytes, 0, 0, 0, 0]),
  Buffer.alloc(messageBytes, 'm'),
])

let bytes = 0
let sent = 0
const sockets: Socket[] = []
for (let index = 0; index < subscribers; index++) sockets.push(await subscribe())
const publisher = sockets[0]!
publish()
process.send!('ready')
process.on('message', () => process.send!(Math.floor(bytes / frameBytes)))
process.on('disconnect', () => process.exit())

async function subscribe(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  const key = randomBytes(16).toString('base64')
  socket.write(
    `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  )
  await once(socket, 'data')
  socket.on('data', (chunk) => {
    bytes += chunk.length
    if (bytes >= (sent - inFlight + 1) * frameBytes * subscribers) publish()
  })
  return socket
}

/** As many as have been delivered to all, so that `inFlight` are on their way. */
function publish(): void {
  const delivered = Math.floor(bytes / frameBytes / subscribers)
  const frames: Buffer[] = []
  while (sent - delivered < inFlight) {
    frames.push(published)
    sent += 1
  }
  publisher.write(Buffer.concat(frames))
}
