import type { Random } from '../../ports/clock.ts'
import type { Answer, Answered } from './post.ts'
import type { DiscordSettings } from './settings.ts'

/** What an answer means for the part that was posted. Pauses are in milliseconds. */
export type Verdict =
  /** It has arrived. The next post to this webhook waits for `pause`. */
  | { readonly kind: 'arrived'; readonly pause: number }
  /** To be posted again after `pause`; `failure` says why it counts as an attempt, null when it does not. */
  | { readonly kind: 'again'; readonly pause: number; readonly failure: string | null }
  /** It never will arrive. With `dead`, nothing else that is posted to this webhook will. */
  | { readonly kind: 'refused'; readonly reason: string; readonly dead: boolean }

type Pauses = Pick<DiscordSettings, 'firstRetry' | 'longestRetry'>

/** The longest pause taken from an answer, a day: a larger one is a mistake, and would hold the webhook for ever. */
const longestPause = 86_400_000
/** The shortest pause after a 429, however little it asks for: being limited is no attempt, so nothing else would slow us. */
const shortestPause = 100

/** What an answer to the `attempt`th try (1, 2, 3…) means. */
export function judge(answer: Answer, attempt: number, pauses: Pauses, random: Random): Verdict {
  if ('failed' in answer)
    return { kind: 'again', pause: backoff(attempt, pauses, random), failure: answer.failed }
  const { status } = answer
  if (status >= 200 && status < 300) return { kind: 'arrived', pause: pauseAfterLast(answer) }
  if (status === 429)
    return { kind: 'again', pause: pauseWhenLimited(answer, pauses.firstRetry), failure: null }
  if (status >= 500 || status === 408) {
    return { kind: 'again', pause: backoff(attempt, pauses, random), failure: `status ${status}` }
  }
  return {
    kind: 'refused',
    reason: reasonFor(status),
    dead: status === 401 || status === 403 || status === 404,
  }
}

/** Half of it is fixed and half is chance, so that what failed together is not tried again together. */
function backoff(attempt: number, pauses: Pauses, random: Random): number {
  const longest = Math.min(pauses.firstRetry * 2 ** (attempt - 1), pauses.longestRetry)
  const half = Math.ceil(longest / 2)
  return half + random.integer(half + 1)
}

/** The last post that the webhook's limit allows says for how long there is no other. */
function pauseAfterLast(answer: Answered): number {
  if (answer.header('x-ratelimit-remaining') !== '0') return 0
  return fromSeconds(answer.header('x-ratelimit-reset-after')) ?? 0
}

/** The longest of what the answer says: its header is sometimes rounded down, its body sometimes missing. */
function pauseWhenLimited(answer: Answered, fallback: number): number {
  const said = [
    fromSeconds(answer.header('retry-after')),
    fromSeconds(answer.header('x-ratelimit-reset-after')),
    fromSeconds(retryAfterIn(answer.body)),
  ].filter((pause) => pause !== null)
  return Math.max(shortestPause, ...(said.length > 0 ? said : [fallback]))
}

function retryAfterIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { retry_after?: unknown } | null)?.retry_after
  } catch {
    return undefined
  }
}

/** Seconds, perhaps with a fraction, as whole milliseconds; null when they are not said or make no sense. */
function fromSeconds(value: unknown): number | null {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return null
  return Math.min(Math.ceil(seconds * 1000), longestPause)
}

function reasonFor(status: number): string {
  if (status >= 300 && status < 400) return `answered ${status}: redirects are not followed`
  if (status === 404) return 'answered 404: the webhook no longer exists'
  if (status === 401 || status === 403) return `answered ${status}: the link does not open the webhook`
  return `answered ${status}: the message was not taken`
}
