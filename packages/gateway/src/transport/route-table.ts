import { TrieRouter } from 'hono/router/trie-router'
import { Problem } from '../model/problem.ts'
import type { HttpRoute } from '../ports/http.ts'
import { decodeSegment } from './target.ts'
import { type Check, compileCheck } from './validation.ts'

/** A route with its compiled checks. */
export interface ReadyRoute {
  readonly route: HttpRoute
  readonly checkQuery: Check | null
  readonly checkBody: Check | null
}

export interface Match extends ReadyRoute {
  readonly params: Readonly<Record<string, string>>
}

const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const

/** Finds the route for a request. Where two fit, the one that stands first in the table counts. */
export class RouteTable {
  readonly #router = new TrieRouter<ReadyRoute>()

  constructor(routes: readonly HttpRoute[]) {
    for (const route of routes) {
      this.#router.add(route.method, route.path, {
        route,
        checkQuery: route.query === undefined ? null : compileCheck(route.query, 'query'),
        checkBody: route.body === undefined ? null : compileCheck(route.body, 'body'),
      })
    }
  }

  /** Null: nothing at this path takes the method. HEAD is answered as GET without its body (RFC 9110 §9.3.2). */
  find(method: string, path: string): Match | null {
    const found = this.#router.match(method === 'HEAD' ? 'GET' : method, path)[0][0]
    if (found === undefined) return null
    const [ready, params] = found
    return { ...ready, params: decoded(params as Record<string, string>) }
  }

  /** What stands first at a path, whatever the method: it says how errors are said there. */
  at(path: string): HttpRoute | null {
    for (const method of methods) {
      const found = this.#router.match(method, path)[0][0]
      if (found !== undefined) return found[0].route
    }
    return null
  }

  /** The methods that a path takes; none when there is nothing there. */
  allowed(path: string): string[] {
    return methods.filter((method) => this.#router.match(method, path)[0].length > 0)
  }
}

function decoded(params: Record<string, string>): Record<string, string> {
  const values: Record<string, string> = Object.create(null)
  for (const name in params) {
    const value = decodeSegment(params[name]!)
    if (value === null)
      throw new Problem('invalid_request', `"${name}" in the path is not percent-encoded UTF-8.`)
    values[name] = value
  }
  return values
}
