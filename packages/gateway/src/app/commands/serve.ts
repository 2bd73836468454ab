import { systemClock } from '../clock.ts'
import { readConfig } from '../config/read.ts'
import type { Config } from '../config/schema.ts'
import { type Gateway, startGateway } from '../gateway.ts'
import { stderrLog } from '../log.ts'
import { CommandError } from '../sentence.ts'
import { stopOnSignals } from './signals.ts'

interface ServeOptions {
  readonly port?: string
  readonly host?: string
  readonly data?: string
  readonly mode?: string
  readonly config?: string
}

/** Starts the gateway and stays until a signal. Says so in one line when it accepts connections. */
export async function serve({ config: file, ...flags }: ServeOptions): Promise<void> {
  const config = await readConfig({ flags: { ...flags }, env: process.env, ...(file && { file }) })
  const log = stderrLog(config, systemClock)
  const gateway = await startGateway(config, { log, measureProcess: true }).catch((error: unknown) => {
    throw explained(error, config)
  })
  stopOnSignals(gateway, log)
  if (config.mode === 'development' && !isLoopback(config.host)) {
    log.warn({ host: config.host }, 'development mode lets anyone who reaches this address emit')
  }
  process.stdout.write(greeting(gateway, config))
}

function greeting({ url, doors }: Gateway, { mode, data }: Config): string {
  const line = `parlance is listening on ${url} (${mode} mode, data in ${data})\n`
  if (mode === 'production') return line
  const width = Math.max(...doors.map((door) => door.address.length))
  const rows = doors.map((door) => `  ${door.address.padEnd(width)}  ${door.says}\n`)
  return `${line}\n${rows.join('')}\n`
}

/** Says what to do about an address that cannot be listened on. */
function explained(error: unknown, { host, port }: Config): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return error
  const where = `port ${port} on ${host}`
  switch (code) {
    case 'EADDRINUSE':
      return new CommandError(`${where} is taken; choose another with --port (0 picks a free one).`)
    case 'EACCES':
      return new CommandError(`${where} may not be used by this user; choose another with --port.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CommandError(`${host} is not an address of this machine; choose another with --host.`)
    default:
      return error
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
