import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Clock } from '../../ports/clock.ts'
import type { WebhookLink } from './link.ts'

/** What a post came to. */
export type Answer = Answered | Unanswered

export interface Answered {
  readonly status: number
  header(name: string): string | undefined
  /** As text, and only its beginning when it is long. */
  readonly body: string
}

export interface Unanswered {
  /** A code of the system's (`ECONNREFUSED`), or `timeout`. Never an error's text, which could name the link. */
  readonly failed: string
}

/** One webhook message (Discord's "Execute Webhook"). */
export interface Post {
  readonly username: string
  readonly content: string
  readonly allowed_mentions: { readonly parse: readonly [] }
}

export interface PostOptions {
  readonly clock: Clock
  /** For the whole exchange, in milliseconds. */
  readonly timeout: number
  /** How the names in links that are not trusted are looked up. */
  readonly lookup: LookupFunction
}

/** Enough for Discord's error objects. */
const longestBody = 16_384

/**
 * Posts and waits for the answer; never rejects. Follows no redirect, and keeps no connection for later: when the other side
 * closes an idle one just as it is used again, nobody knows whether the message has arrived.
 *
 * `wait=true` has Discord answer only when it has kept the message; without it, a message it drops looks like one it took.
 */
export function post(link: WebhookLink, message: Post, options: PostOptions): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const url = new URL(`${link.url}?wait=true`)
  const body = Buffer.from(JSON.stringify(message))
  const requestOptions: RequestOptions = {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': body.length, 'user-agent': 'Parlance' },
    ...(!link.trusted && { lookup: options.lookup }),
  }
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, requestOptions)
  const cancelTimeout = options.clock.after(options.timeout, () => end('timeout'))
  let response: IncomingMessage | null = null
  let text = ''

  /** An answer that breaks off still counts by its status: what it tells of has been done, and must not be done again. */
  function end(failed: string): void {
    cancelTimeout()
    request.destroy()
    resolve(response === null ? { failed } : answered(response, text))
  }

  request.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'unknown'))
  request.on('response', (incoming) => {
    response = incoming
    incoming.setEncoding('utf8')
    incoming.on('data', (chunk: string) => {
      text += chunk
      if (text.length > longestBody) end('too long')
    })
    incoming.on('end', () => end('ended'))
    incoming.on('error', () => end('broken off'))
  })
  request.end(body)
  return promise
}

function answered(response: IncomingMessage, body: string): Answered {
  return {
    status: response.statusCode ?? 0,
    header: (name) => response.headersDistinct[name]?.[0],
    body,
  }
}
