import { LoadSocket } from '../client/web-socket.ts'
import type { Speech, Target } from './speech.ts'

const path = '/socket.io/?EIO=4&transport=websocket'

/**
 * Clients of `peers/socket-io-server.ts`, over WebSocket alone. Frames are Engine.IO 4: `0` open, `2` ping, `3` pong, `4` a
 * Socket.IO packet: `40` connect, `42` event, `43` acknowledgement.
 */
export async function socketIo({ port }: Target): Promise<Speech> {
  const publisher = await connect(port, null)
  return {
    join: (room) => connect(port, room),
    messagesIn: (buffer, start) => (buffer[start] === 0x34 && buffer[start + 1] === 0x32 ? 1 : 0),
    publish: (room, text) => publisher.send(`42["publish","${room}","${text}"]`),
    close: () => publisher.cut(),
  }
}

async function connect(port: number, room: string | null): Promise<LoadSocket> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = await LoadSocket.open(port, path, (own) => (_opcode, buffer, start, end) => {
    const frame = buffer.toString('utf8', start, end)
    if (frame.startsWith('0')) own.send('40')
    else if (frame.startsWith('40')) own.send(`420["join","${room ?? ''}"]`)
    else if (frame.startsWith('430')) resolve()
    else if (frame === '2') own.send('3')
  })
  await promise
  return socket
}
