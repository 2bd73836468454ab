import { pino } from 'pino'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Config } from './config/schema.ts'
import { escapeObeyed, maskSecrets } from './scrub.ts'

export interface LogOptions {
  readonly level: Config['log']['level']
  /** `json`: one object a line, for machines. `short`: for people. */
  readonly form: 'json' | 'short'
  readonly clock: Pick<Clock, 'now'>
  /** Gets whole lines, with their line feed. */
  readonly write: (text: string) => void
}

/** Fields that are secrets by their name, at the top and one level down. */
const secretFields = [
  'token',
  'secret',
  'password',
  'adminPassword',
  'authorization',
  'credential',
  'participantId',
  'resumeToken',
  'discordWebhookLink',
]

/** A log that never shows a secret it can know for one. */
export function createLog({ level, form, clock, write }: LogOptions): Log {
  const sink = {
    write(line: string): void {
      const masked = maskSecrets(line)
      write(escapeObeyed(form === 'json' ? masked : short(masked)))
    },
  }
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '***' },
    },
    sink,
  )
  return {
    info: (fields, sentence) => logger.info(fields, sentence),
    warn: (fields, sentence) => logger.warn(fields, sentence),
    error: (fields, sentence) => logger.error(fields, sentence),
  }
}

/** The log of a gateway with this configuration: JSON in production mode, short lines in development mode. */
export function stderrLog({ mode, log: { level } }: Config, clock: Pick<Clock, 'now'>): Log {
  const form = mode === 'production' ? 'json' : 'short'
  return createLog({ level, form, clock, write: (text) => process.stderr.write(text) })
}

/** `12:34:56 warn  the sentence  field=value`, and an error's stack below. Values stay JSON, so that none can forge a line. */
function short(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const head = `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${[quiet(msg), ...rest].join('  ')}\n`
  return err === undefined ? head : `${head}${stackOf(err)}\n`
}

function stackOf(err: unknown): string {
  const { stack, message } = err as { stack?: string; message?: string }
  return (stack ?? message ?? JSON.stringify(err))
    .split('\n')
    .map((row) => `    ${quiet(row)}`)
    .join('\n')
}

/** Text with its control characters escaped, without the quotes. */
function quiet(text: unknown): string {
  return JSON.stringify(String(text)).slice(1, -1).replaceAll('\\"', '"')
}
