import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Peer } from './peer.ts'
import { nodeArguments, startServer } from './process.ts'

const installed = createRequire(import.meta.url)

/** A server of a few lines on a library of ours, as a peer. */
export function ownServer(name: string, library: string, file: string): Peer {
  return {
    name,
    missing: () => null,
    version: () => installed(`${library}/package.json`).version,
    async start(inspectable) {
      const server = await startServer({
        command: process.execPath,
        args: [...nodeArguments(inspectable), fileURLToPath(new URL(file, import.meta.url))],
        ready: /^listening on \d+$/m,
      })
      return {
        port: Number(/\d+$/.exec(server.ready)?.[0]),
        pids: [server.pid],
        readyAfter: server.readyAfter,
        ...(server.inspector && { inspector: server.inspector }),
        stop: server.stop,
      }
    },
  }
}

export const bareWs = ownServer('ws', 'ws', './bare-ws-server.ts')
export const socketIo = ownServer('socket.io', 'socket.io', './socket-io-server.ts')
