import { type IncomingMessage, request as send } from 'node:http'
import { text as textOf } from 'node:stream/consumers'

export interface HttpOptions {
  /** Sent as `Authorization: Bearer …`: a token or a participant credential. */
  readonly bearer?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is, instead. */
  readonly body?: string | Buffer<ArrayBuffer>
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON; undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  readonly body: any
}

/**
 * One request, and its whole answer. Redirects are not followed. Not by `fetch`, with which a message takes a third longer to
 * write: tests of faults write hundreds of thousands.
 */
export async function request(
  method: string,
  url: string | URL,
  {
    bearer,
    headers = {},
    json,
    body = json === undefined ? undefined : JSON.stringify(json),
  }: HttpOptions = {},
): Promise<HttpAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = send(url, {
      method,
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
    })
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body)
  })
  const text = await textOf(response)
  return {
    status: response.statusCode ?? 0,
    headers: new Headers(response.headers as Record<string, string>),
    text,
    body: jsonIn(text),
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
