import { binary } from '../client/frames.ts'
import { LoadSocket } from '../client/web-socket.ts'
import { messageBytes, type Speech, type Target } from './speech.ts'

/**
 * Clients of nats-server over WebSocket (docs.nats.io, "Client Protocol"). The server puts many messages into one frame and
 * parts of one into two, so messages are counted by their bytes: `MSG <room> 1 128␍␊<128 bytes>␍␊`.
 */
export async function nats({ port }: Target): Promise<Speech> {
  const publisher = await connect(port, '')
  let size = 0
  return {
    join(room) {
      size = `MSG ${room} 1 ${messageBytes}\r\n`.length + messageBytes + 2
      return connect(port, `SUB ${room} 1\r\n`)
    },
    messagesIn: (_buffer, start, end) => (end - start) / size,
    publish: (room, text) => publisher.send(`PUB ${room} ${messageBytes}\r\n${text}\r\n`, binary),
    close: () => publisher.cut(),
  }
}

async function connect(port: number, then: string): Promise<LoadSocket> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = await LoadSocket.open(port, '/', (own) => (_opcode, buffer, start, end) => {
    const said = buffer.toString('latin1', start, end)
    if (said.startsWith('INFO'))
      own.send(`CONNECT {"verbose":false,"pedantic":false}\r\n${then}PING\r\n`, binary)
    else if (said.includes('PONG')) resolve()
  })
  await promise
  socket.hear = () => {}
  return socket
}
