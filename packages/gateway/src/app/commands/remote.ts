import { CommandError } from '../sentence.ts'

export interface RemoteOptions {
  readonly url?: string
  readonly token?: string
}

/** The address of a channel's route on the gateway that is meant. */
export function channelUrl({ url }: RemoteOptions, channel: string, route: string): URL {
  const base = url ?? process.env.PARLANCE_URL ?? 'http://127.0.0.1:8080'
  const parsed = URL.parse(base)
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new CommandError(`--url must be an http(s) URL, got "${base}".`)
  }
  return new URL(`${parsed.pathname.replace(/\/$/, '')}/${encodeURIComponent(channel)}/${route}`, parsed)
}

/** The token travels in a header: what stands in a URL gets into the logs of whatever is on the way. */
export function authorization({ token }: RemoteOptions): Record<string, string> {
  const bearer = token ?? process.env.PARLANCE_TOKEN
  return bearer ? { authorization: `Bearer ${bearer}` } : {}
}

/** Why nothing answered. */
export function unreachable(url: URL, error: unknown): CommandError {
  const { code, message } = innermost(error) as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED') {
    return new CommandError(`nothing listens on ${url.origin}. Start a gateway with "parlance serve".`)
  }
  return new CommandError(`${url.origin} cannot be reached: ${message || code}.`)
}

/** What a gateway's refusal says, or the status alone where something else answered. */
export function refusalIn(body: string, status: number): string {
  try {
    const { error, code } = JSON.parse(body) as { error?: unknown; code?: unknown }
    if (typeof error === 'string') return typeof code === 'string' ? `${error} (${code})` : error
  } catch {
    // Not a gateway's answer: a proxy's, say.
  }
  return `refused with status ${status}.`
}

/** `fetch` and happy eyeballs wrap what went wrong, the one as a cause, the other in a list. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0])
  return error instanceof Error && error.cause !== undefined ? innermost(error.cause) : error
}
