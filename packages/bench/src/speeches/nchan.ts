import { HttpPool } from '../client/http.ts'
import { LoadSocket } from '../client/web-socket.ts'
import { messageBytes, type Speech, type Target } from './speech.ts'

/** Clients of nginx with Nchan as `peers/nchan.ts` configures it. */
export function nchan({ port }: Target): Speech {
  const http = new HttpPool(port)
  return {
    join: (room) => LoadSocket.open(port, `/sub/${room}`, () => () => {}),
    messagesIn: (_buffer, start, end) => (end - start === messageBytes ? 1 : 0),
    publish(room, text) {
      void http.ask('POST', `/pub/${room}`, text)
    },
    close: () => http.close(),
  }
}
