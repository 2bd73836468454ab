import { HttpPool } from '../client/http.ts'
import { tokenOf } from '../client/token.ts'
import { LoadSocket } from '../client/web-socket.ts'
import type { Speech, Target } from './speech.ts'

const quote = 0x22
const letterD = 0x44

/** Listeners of channels, each a user with a token; whoever publishes emits over HTTP. */
export function channels({ port }: Target): Speech {
  const http = new HttpPool(port)
  let users = 0
  return {
    join: (room) => listen(port, `/${room}/listen?token=${tokenOf(`user ${users++}`)}`),
    messagesIn: isData,
    publish(room, text) {
      void http.ask('POST', `/${room}/emit`, JSON.stringify(text))
    },
    close: () => http.close(),
  }
}

/** Resolves once CONNECTED has come, with what it said. */
export async function listen(
  port: number,
  path: string,
  connected: (frame: string) => void = () => {},
): Promise<LoadSocket> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = await LoadSocket.open(port, path, () => (_opcode, buffer, start, end) => {
    connected(buffer.toString('utf8', start, end))
    resolve()
  })
  await promise
  socket.hear = () => {}
  return socket
}

/** `{"type":"DATA"…` */
export function isData(buffer: Buffer, start: number): 0 | 1 {
  return buffer[start + 8] === quote && buffer[start + 9] === letterD ? 1 : 0
}
