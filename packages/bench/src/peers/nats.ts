import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Peer } from './peer.ts'
import { freePort, startServer } from './process.ts'
import { find, versionOf } from './program.ts'

/** nats-server over WebSocket, without its log on disk. */
export const nats: Peer = {
  name: 'nats-server',
  missing: () => (find('nats-server') !== null ? null : 'apt-get install nats-server'),
  version: () => versionOf('nats-server', '--version'),
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-nats-'))
    const port = await freePort()
    const file = join(folder, 'nats.conf')
    writeFileSync(file, `listen: "127.0.0.1:-1"\nwebsocket { listen: "127.0.0.1:${port}", no_tls: true }\n`)
    const server = await startServer({
      command: find('nats-server')!,
      args: ['--config', file],
      ready: /Server is ready/,
    })
    return {
      port,
      pids: [server.pid],
      readyAfter: server.readyAfter,
      async stop() {
        await server.stop()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}
