import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { secret, servicesSecret } from '../client/token.ts'
import type { Peer } from './peer.ts'
import { nodeArguments, startServer } from './process.ts'

const program = fileURLToPath(new URL('../../../gateway/bin/parlance.js', import.meta.url))

/** As a user starts it, its store on a disk; limits are raised, and pings rarer, by configuration. */
const configuration = {
  PARLANCE_SECRET: secret,
  PARLANCE_SERVICES_SECRET: servicesSecret,
  PARLANCE_LOG_LEVEL: 'error',
  PARLANCE_ROOMS_MAX_PARTICIPANTS: '10000',
  PARLANCE_ROOMS_HEARTBEAT_INTERVAL: '600000',
  PARLANCE_ROOMS_MESSAGES_PER_SECOND: '0',
  PARLANCE_ROOMS_JOINS_PER_SECOND: '0',
  PARLANCE_CHANNELS_PING_INTERVAL: '600000',
  PARLANCE_LIMITS_FRAMES_PER_SECOND: '1000000',
  PARLANCE_LIMITS_FRAME_BURST: '1000000',
}

export const gateway: Peer = {
  name: 'Parlance',
  missing: () => null,
  version() {
    const file = new URL('../../../gateway/package.json', import.meta.url)
    return `${JSON.parse(readFileSync(file, 'utf8')).version} (Node ${process.versions.node})`
  },
  async start(inspectable) {
    const data = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
    const server = await startServer({
      command: process.execPath,
      args: [...nodeArguments(inspectable), program, 'serve', '--port', '0', '--data', data],
      env: configuration,
      ready: /listening on http:/,
    })
    return {
      port: Number(/:(\d+) /.exec(server.ready)?.[1]),
      pids: [server.pid],
      readyAfter: server.readyAfter,
      ...(server.inspector && { inspector: server.inspector }),
      async stop() {
        await server.stop()
        rmSync(data, { recursive: true, force: true })
      },
    }
  },
}
