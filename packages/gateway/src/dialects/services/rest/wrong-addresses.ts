import { Problem } from '../../../model/problem.ts'
import type { HttpRoute } from '../../../ports/http.ts'
import { refuse } from './guard.ts'

const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const

/** Addresses of this protocol with nothing behind them, in the shape of its errors. To stand after all others. */
export function wrongAddresses(): HttpRoute[] {
  const noVersion = () =>
    new Problem('invalid_request', 'The version is missing: all addresses here begin with /v1.')
  const nothing = () => new Problem('not_found', 'There is no such route.')
  const noSocket = () => new Problem('upgrade_required', 'Connect here with a WebSocket.')
  return [
    ...['/services', '/discord/users', '/discord/users/*', '/discord/guilds/*'].flatMap((path) =>
      refusing(path, noVersion),
    ),
    ...refusing('/v1/*', nothing),
    ...refusing('/ws/v1', noSocket),
    ...refusing('/ws/*', wrongVersion),
  ]
}

export function wrongVersion(): Problem {
  return new Problem(
    'invalid_request',
    'Connect to /ws/v1: the version must be given, and 1 is the only one.',
  )
}

function refusing(path: string, problem: () => Problem): HttpRoute[] {
  return methods.map((method) => ({
    method,
    path,
    summary: '',
    tag: '',
    replies: {},
    hidden: true,
    refuse,
    answer() {
      throw problem()
    },
  }))
}
