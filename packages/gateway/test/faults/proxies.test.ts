import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { http, startTestGateway, type Target, type TestGateway } from '../harness.ts'
import { followers } from './support/follower.ts'
import { lacks } from './support/needs.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

const documented = (name: string) =>
  readFileSync(new URL(`../../../../docs/deploy/${name}`, import.meta.url), 'utf8')

/** Starts a proxy with what the documentation says, but for the addresses. */
type Start = (gateway: string, port: number, folder: string) => ChildProcess

const startNginx: Start = (gateway, port, folder) => {
  const snippet = documented('nginx.conf')
    .replace('listen 8443', `listen 127.0.0.1:${port}`)
    .replace('127.0.0.1:8080', gateway)
  const around = `user root; daemon off; pid ${folder}/pid; error_log stderr error; events {}
    http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
    uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;\n${snippet}\n}`
  writeFileSync(join(folder, 'nginx.conf'), around)
  return spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' })
}

const startCaddy: Start = (gateway, port, folder) => {
  const site = documented('Caddyfile')
    .replace('chat.example.com', `http://127.0.0.1:${port}`)
    .replace('127.0.0.1:8080', gateway)
  writeFileSync(join(folder, 'Caddyfile'), `{\n\tadmin off\n}\n${site}`)
  const options = ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile']
  const env = { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  return spawn('caddy', options, { stdio: 'ignore', env })
}

// Caddy's own stop waits for connections that clients keep open; nginx's leaves no worker behind.
for (const [name, start, stop] of [
  ['nginx', startNginx, 'SIGTERM'],
  ['caddy', startCaddy, 'SIGKILL'],
] as const) {
  test(`behind ${name}, as the documentation sets it up, every protocol works`, {
    skip: lacks(name),
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlance-proxy-'))
    const gateway = await startTestGateway({
      ...unlimited,
      trustedHops: 1,
    })
    const port = await freePort()
    const proxy = start(new URL(gateway.url).host, port, folder)
    try {
      await works(gateway, proxy, { url: `http://127.0.0.1:${port}` })
    } finally {
      if (proxy.kill(stop)) await once(proxy, 'close')
      await gateway.dispose()
      rmSync(folder, { recursive: true })
    }
  })
}

async function works(gateway: TestGateway, proxy: ChildProcess, proxied: Target): Promise<void> {
  while (!(await answers(proxied))) {
    assert.equal(proxy.exitCode, null, 'the proxy takes its configuration')
    await pause(20)
  }
  await makeRoom(proxied, ['ann'])
  const following = Object.values(followers).map((Follower) => new Follower(proxied, 'ann'))
  for (const follower of following) await follower.connect()
  await emit(proxied, 'one')
  // An event stream that a proxy buffers would wait here for ever.
  for (const follower of following) await follower.until(() => follower.heard.length === 1)
  for (const follower of following) {
    await follower.cut()
    await follower.connect()
  }
  await emit(proxied, 'two')
  for (const follower of following) {
    await follower.until(() => follower.heard.length === 2)
    assert.deepEqual([follower.heard, follower.gaps], [['one', 'two'], 0], follower.protocol)
  }
  assert.equal((await http(proxied, 'GET', '/metrics')).status, 403)
  assert.equal((await http(gateway, 'GET', '/metrics')).status, 200)
  const large = { json: { content: 'x'.repeat(100_000) } }
  assert.equal((await http(proxied, 'POST', '/lobby/emit', large)).status, 413)
  for (const follower of following) await follower.cut()
}

function answers(target: Target): Promise<boolean> {
  return http(target, 'GET', '/healthz').then(
    ({ status }) => status === 200,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
