import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { times } from './scale.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const open = new Set<Socket>()
let ofClosed = 0
subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket }
  open.add(socket)
  socket.once('close', () => {
    open.delete(socket)
    ofClosed += socket.bytesRead
  })
})

/** How many bytes the servers of this process have been sent. */
export function received(): number {
  return [...open].reduce((sum, { bytesRead }) => sum + bytesRead, ofClosed)
}

/** How many bytes this thread's objects and buffers take once garbage is collected. Compiled code is none of them. */
export async function held(): Promise<number> {
  // What is let go in a turn is garbage too, and buffers are given back by a later collection than the one that finds them.
  for (let i = 0; i < times(2, 4); i++) {
    await turn()
    collectGarbage()
  }
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => !/code|trusted/.test(name))
  return spaces.reduce((sum, space) => sum + space.space_used_size, process.memoryUsage().external)
}
