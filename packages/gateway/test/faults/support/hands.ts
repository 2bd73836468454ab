import { http, type SocketClient, type Target, tokenFor } from '../../harness.ts'
import { CommsClient, type CommsFrame } from '../../support/comms-client.ts'
import { MessengerClient } from '../../support/messenger-client.ts'
import { room } from './follower.ts'
import { emit } from './writing.ts'

/** Somebody who writes into the room by one protocol. */
export interface Hand {
  readonly protocol: string
  /** Whether to write the same again does no harm, because the content is its key. */
  readonly repeats: boolean
  /**
   * Resolves with what the acknowledgement names it by: its content or its id. Rejects when there was none, which says nothing about
   * whether it is kept.
   */
  write(content: string): Promise<string>
  close(): Promise<void>
}

/** One over a connection that lasts, and is made anew once it has failed. */
abstract class SocketHand<Client extends { readonly socket: SocketClient }> implements Hand {
  abstract readonly protocol: string
  abstract readonly repeats: boolean
  protected readonly target: Target
  protected readonly user: string
  #client: Client | null = null

  constructor(target: Target, user: string) {
    this.target = target
    this.user = user
  }

  async write(content: string): Promise<string> {
    this.#client ??= await this.open()
    try {
      await this.say(this.#client, content)
      return content
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    this.#client = null
    await client?.socket.terminate()
  }

  protected abstract open(): Promise<Client>
  protected abstract say(client: Client, content: string): Promise<void>
}

class CommsHand extends SocketHand<CommsClient> {
  readonly protocol = 'comms'
  readonly repeats = false

  protected open(): Promise<CommsClient> {
    return CommsClient.join(this.target, this.user)
  }

  /** Who writes hears it like everyone else. */
  protected async say(client: CommsClient, content: string): Promise<void> {
    client.execute('MESSAGE_CREATE', { content })
    const { f, cnf } = await client.socket.until<CommsFrame>(
      ({ f, t, cnf }) => f === 150 || (t === 'MESSAGE_CREATE' && cnf.content === content),
    )
    if (f === 150) throw new Error(`comms: ${cnf.m}`)
  }
}

class MessengerHand extends SocketHand<MessengerClient> {
  readonly protocol = 'messenger'
  readonly repeats = true

  protected open(): Promise<MessengerClient> {
    return MessengerClient.open(this.target, this.user)
  }

  protected async say(client: MessengerClient, content: string): Promise<void> {
    const { error } = await client.ask('new', { chatId: room, message: content }, content)
    if (error !== undefined) throw new Error(`messenger: ${error.code}`)
  }
}

/** One that asks over HTTP. */
class HttpHand implements Hand {
  readonly protocol: string
  readonly repeats = true
  readonly write: (content: string) => Promise<string>

  constructor(protocol: string, write: (content: string) => Promise<string>) {
    this.protocol = protocol
    this.write = write
  }

  async close(): Promise<void> {}
}

/** A hand of each protocol that can write. The user must be a participant of the room. */
export const hands: readonly ((target: Target, user: string) => Hand)[] = [
  (target) => new HttpHand('channels', (content) => emit(target, content, content)),
  (target, user) => new CommsHand(target, user),
  (target, user) => new MessengerHand(target, user),
  (target, user) =>
    new HttpHand('rooms', async (content) => {
      const { status, text } = await http(target, 'POST', `/api/rooms/${room}/messages`, {
        bearer: tokenFor(user, { name: user }),
        headers: { 'idempotency-key': content },
        json: { content },
      })
      if (status !== 201) throw new Error(`rooms: ${status} ${text}`)
      return content
    }),
]
