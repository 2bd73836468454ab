import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { escapeObeyed } from '../scrub.ts'
import { CommandError } from '../sentence.ts'
import { authorization, channelUrl, type RemoteOptions, refusalIn, unreachable } from './remote.ts'

interface ListenOptions extends RemoteOptions {
  readonly presence?: string
  readonly ack?: true
  readonly since?: string
  readonly raw?: true
}

/** How long the gateway may take to answer our goodbye, in milliseconds. */
const goodbye = 1000

/** Prints a channel's events until Ctrl-C. Fails, saying why, when it is refused or the gateway ends it. */
export async function listen(channel: string, options: ListenOptions): Promise<void> {
  const url = channelUrl(options, channel, 'listen')
  if (options.presence !== undefined) url.searchParams.set('presence', options.presence)
  if (options.since !== undefined) url.searchParams.set('since', options.since)
  const socket = new WebSocket(url, { headers: authorization(options), perMessageDeflate: false })

  const leaving = leaveOn(['SIGINT', 'SIGTERM'], socket)
  // Whoever reads us may stop reading (`| head`): then there is nothing left to do.
  process.stdout.once('error', () => process.exit(0))
  socket.on('open', () => process.stderr.write(`listening to ${channel} on ${url.origin}; Ctrl-C leaves\n`))
  socket.on('message', (data) => hear(socket, data.toString(), options))
  const { code, reason } = await ended(socket, url)
  if (!leaving.aborted)
    throw new CommandError(`the gateway closed the connection: ${code} ${reason}`.trimEnd())
}

/** Closes the socket at the first of these signals; the one returned tells whether one came. */
function leaveOn(signals: readonly NodeJS.Signals[], socket: WebSocket): AbortSignal {
  const leaving = new AbortController()
  for (const signal of signals) {
    process.on(signal, () => {
      leaving.abort()
      socket.close(1000)
      setTimeout(() => socket.terminate(), goodbye).unref()
    })
  }
  return leaving.signal
}

function hear(socket: WebSocket, text: string, { ack, raw }: ListenOptions): void {
  const frame = JSON.parse(text) as { type: string; eventID: string; requires_ack?: boolean }
  if (frame.type === 'PING') socket.send('{"type":"PONG"}')
  if (ack && frame.requires_ack) {
    socket.send(JSON.stringify({ type: 'ACK', payload: { eventID: frame.eventID } }))
  }
  if (raw) process.stdout.write(`${text}\n`)
  else if (frame.type !== 'PING') process.stdout.write(`${escapeObeyed(text)}\n`)
}

/** Resolves when an open connection has closed; rejects when none came about. */
function ended(socket: WebSocket, url: URL): Promise<{ code: number; reason: string }> {
  return new Promise((resolve, reject) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    socket.on('error', (error) => reject(unreachable(url, error)))
    socket.on('unexpected-response', (_request, response) => {
      void bodyOf(response).then((body) => {
        reject(new CommandError(refusalIn(body, response.statusCode ?? 0)))
        socket.terminate()
      })
    })
  })
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
