import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedPost {
  /** The path of the webhook, without the query. */
  readonly path: string
  readonly query: string
  readonly body: { username: string; content: string; allowed_mentions: unknown }
}

export interface Reply {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** `drop` cuts the connection without an answer. Never resolving is silence. */
type Answer = (post: ReceivedPost, nth: number) => Reply | 'drop' | Promise<Reply | 'drop'>

/** A server that stands for Discord: takes webhook messages over a real socket and answers as the test says. */
export async function startWebhookServer(answer: Answer = () => ({ status: 204 })) {
  const posts: ReceivedPost[] = []
  const waiters: { count: number; go: () => void }[] = []

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { pathname, search } = new URL(request.url ?? '', 'http://discord.test')
    const post = { path: pathname, query: search, body: JSON.parse(Buffer.concat(chunks).toString()) }
    const replied = answer(post, posts.push(post))
    for (const { count, go } of waiters) if (posts.length >= count) go()
    const reply = await replied
    if (reply === 'drop') request.socket.destroy()
    else response.writeHead(reply.status, reply.headers).end(reply.body)
  }

  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    posts,
    contents: () => posts.map(({ body }) => body.content),
    link: (webhookId = 1) => `${origin}/api/webhooks/${webhookId}/secret-token`,
    /** Resolves when so many posts have come. */
    received: (count: number) =>
      new Promise<void>((go) => {
        if (posts.length >= count) go()
        else waiters.push({ count, go })
      }),
    async stop(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
