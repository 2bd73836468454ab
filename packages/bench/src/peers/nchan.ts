import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Peer } from './peer.ts'
import { freePort, startServer } from './process.ts'
import { find, versionOf } from './program.ts'

const module = '/usr/lib/nginx/modules/ngx_nchan_module.so'

const configuration = (folder: string, port: number): string => `
load_module ${module};
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/pid;
error_log stderr notice;
events { worker_connections 19000; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 100000000;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location ~ ^/sub/(\\w+)$ { nchan_subscriber websocket; nchan_channel_id $1; nchan_subscriber_first_message newest; }
    location ~ ^/pub/(\\w+)$ { nchan_publisher; nchan_channel_id $1; }
  }
}
`

/** Nchan in nginx, with one worker. */
export const nchan: Peer = {
  name: 'Nchan',
  missing: () =>
    find('nginx') !== null && existsSync(module) ? null : 'apt-get install nginx libnginx-mod-nchan',
  version: () => `nginx ${versionOf('nginx', '-v')}`,
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-nginx-'))
    const port = await freePort()
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port))
    const server = await startServer({
      command: find('nginx')!,
      args: ['-p', folder, '-c', join(folder, 'nginx.conf')],
      ready: /start worker process \d/,
    })
    await untilListening(port)
    return {
      port,
      pids: [server.pid, ...childrenOf(server.pid)],
      readyAfter: server.readyAfter,
      async stop() {
        await server.stop()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  )
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await isListening(port)) return
    await pause(20)
  }
  throw new Error(`nothing listens on port ${port}`)
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
