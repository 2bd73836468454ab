import { openEventStream } from './event-stream.ts'
import type { Network } from './network.ts'
import { openSocket } from './socket.ts'

/** Servers as they are reached by their URL. */
export const realNetwork: Network = {
  socket: openSocket,
  stream: openEventStream,
  async request(url, options) {
    const response = await fetch(url, { redirect: 'manual', ...options })
    return { status: response.status, text: await response.text() }
  },
}
