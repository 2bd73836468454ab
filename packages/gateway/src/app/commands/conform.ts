import type { Outcome } from '../../conformance/outcome.ts'
import { outcomeText, summaryText } from '../../conformance/report.ts'
import { runSuite } from '../../conformance/run.ts'
import { isDialectName, suites } from '../../conformance/suites.ts'
import { escapeObeyed } from '../scrub.ts'
import { CommandError } from '../sentence.ts'

interface ConformOptions {
  readonly secret?: string
  readonly servicesSecret?: string
  readonly room?: string
  readonly participant?: string
  readonly strict?: true
  readonly only?: string
  readonly json?: true
  readonly timeout: string
  readonly patience: string
}

/** Tries a server with the scenarios of a protocol and reports. Fails when a scenario does, or none could be tried. */
export async function conform(dialect: string, address: string, options: ConformOptions): Promise<void> {
  if (!isDialectName(dialect)) {
    throw new CommandError(`There is no protocol "${dialect}": ${Object.keys(suites).join(', ')}.`)
  }
  const { only, json } = options
  const suite = suites[dialect]
  const chosen = suite.scenarios.filter(({ name }) => only === undefined || name.includes(only))
  const outcomes: Outcome[] = []
  for await (const outcome of runSuite({ ...suite, scenarios: chosen }, runOptions(address, options))) {
    outcomes.push(outcome)
    if (!json) process.stdout.write(`${escapeObeyed(outcomeText(outcome))}\n`)
  }
  const summary = summaryText(outcomes)
  process.stdout.write(
    json ? `${JSON.stringify({ dialect, url: address, outcomes }, null, 2)}\n` : `\n${summary}\n`,
  )
  if (outcomes.some(({ result }) => result === 'failed'))
    throw new CommandError(`not ${dialect}: ${summary}.`)
  if (!outcomes.some(({ result }) => result === 'passed'))
    throw new CommandError('no scenario could be tried.')
}

function runOptions(address: string, options: ConformOptions): Parameters<typeof runSuite>[1] {
  const { room, participant, strict = false, timeout, patience } = options
  const secret = options.secret ?? process.env.PARLANCE_SECRET
  const servicesSecret = options.servicesSecret ?? process.env.PARLANCE_SERVICES_SECRET
  return {
    server: {
      url: checkedUrl(address),
      ...(secret && { secret }),
      ...(servicesSecret && { servicesSecret }),
      ...(room !== undefined && { room }),
      ...(participant !== undefined && { participant }),
    },
    waiting: { timeout: milliseconds('--timeout', timeout), patience: milliseconds('--patience', patience) },
    strict,
  }
}

/** People know some servers by their WebSocket address. */
function checkedUrl(address: string): string {
  const url = URL.parse(address.replace(/^ws/, 'http'))
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new CommandError(`The address must be an http(s) or ws(s) URL, got "${address}".`)
  }
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`
}

function milliseconds(option: string, text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && seconds > 0 && seconds <= 3600) return seconds * 1000
  throw new CommandError(`${option} must be a number of seconds up to 3600, got "${text}".`)
}
