import { asProblem, Problem } from '../../../model/problem.ts'
import type { HttpReply, HttpRequest, HttpRoute } from '../../../ports/http.ts'
import { sameSecret } from '../identify.ts'

/** Throws `unauthorized` without a secret, `forbidden` with a wrong one. */
export function authorize(request: HttpRequest, secret: string): void {
  const given = request.header('authorization')
  if (given === undefined) throw new Problem('unauthorized', 'Send the services secret as "Authorization".')
  if (!sameSecret(given, secret)) throw new Problem('forbidden', 'The secret in "Authorization" is wrong.')
}

/** The shape of errors on these routes. */
export function refuse(error: unknown): HttpReply {
  const { status, message } = asProblem(error)
  return { status, body: { error: message } }
}

/** The route for whoever knows the secret, with errors in the shape of these routes. */
export function guarded(route: HttpRoute, secret: string): HttpRoute {
  return {
    ...route,
    key: { name: 'services', header: 'Authorization', says: 'The services secret, as it is.' },
    refuse,
    answer(request) {
      authorize(request, secret)
      return route.answer(request)
    },
  }
}
