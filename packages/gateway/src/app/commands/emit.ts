import { CommandError } from '../sentence.ts'
import { authorization, channelUrl, type RemoteOptions, refusalIn, unreachable } from './remote.ts'

interface EmitOptions extends RemoteOptions {
  readonly clients?: string
  readonly requireAck?: true
  readonly idempotencyKey?: string
}

/** Emits JSON as it was written, prints the reply, and fails with its sentence if it is a refusal. */
export async function emit(channel: string, json: string, options: EmitOptions): Promise<void> {
  const url = channelUrl(options, channel, 'emit')
  if (options.clients !== undefined) url.searchParams.set('clients', options.clients)
  if (options.requireAck) url.searchParams.set('require-ack', 'true')
  const reply = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...authorization(options),
      ...(options.idempotencyKey && { 'idempotency-key': options.idempotencyKey }),
    },
    body: json,
  }).catch((error: unknown) => {
    throw unreachable(url, error)
  })
  const text = await reply.text()
  process.stdout.write(`${text.trimEnd()}\n`)
  if (!reply.ok) throw new CommandError(refusalIn(text, reply.status))
}
