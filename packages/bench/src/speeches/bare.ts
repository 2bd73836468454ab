import { LoadSocket } from '../client/web-socket.ts'
import { messageBytes, type Speech, type Target } from './speech.ts'

/** Clients of `peers/bare-ws-server.ts`. */
export async function bare({ port }: Target): Promise<Speech> {
  const publisher = await LoadSocket.open(port, '/', () => () => {})
  return {
    join: (room) => LoadSocket.open(port, `/${room}`, () => () => {}),
    messagesIn: (_buffer, start, end) => (end - start === messageBytes ? 1 : 0),
    publish: (room, text) => publisher.send(`/${room}\n${text}`),
    close: () => publisher.cut(),
  }
}
