import type { ClientOptions } from 'ws'
import { SocketClient, socketUrl, type Target, tokenFor } from '../harness.ts'

export interface Response {
  readonly type: 'response'
  readonly timestamp: number
  readonly id: string | null
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly payload?: any
  readonly error?: {
    code: string
    message: string
    retryAfter?: number
    lastEventId?: number
    oldestEventId?: number
  }
}

export interface Event {
  readonly type: 'event'
  readonly timestamp: number
  readonly id?: number
  readonly eventType: string
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly payload?: any
}

/** A client of the protocol `messenger`, which keeps answers and events apart. */
export class MessengerClient {
  readonly socket: SocketClient
  readonly #events: Event[] = []
  readonly #responses: Response[] = []
  #requests = 0
  #reading: Promise<void> | null = null

  static async open(gateway: Target, user: string, options: ClientOptions = {}): Promise<MessengerClient> {
    const headers = { authorization: `Bearer ${tokenFor(user)}` }
    return new MessengerClient(
      await SocketClient.open(socketUrl(gateway, '/messenger'), { headers, ...options }),
    )
  }

  /** Opened and subscribed. */
  static async subscribed(gateway: Target, user: string, lastEventId?: number): Promise<MessengerClient> {
    const client = await MessengerClient.open(gateway, user)
    await client.ask('subscribe', lastEventId === undefined ? {} : { lastEventId })
    return client
  }

  constructor(socket: SocketClient) {
    this.socket = socket
  }

  /** Sends a request and gives what answers it. */
  ask(payloadType: string, payload?: unknown, id = `r${++this.#requests}`): Promise<Response> {
    this.send({
      type: 'request',
      timestamp: 1_700_000_000,
      id,
      payloadType,
      ...(payload !== undefined && { payload }),
    })
    return this.response(id)
  }

  /** The payload of the answer; an error is thrown. */
  async get(payloadType: string, payload?: unknown): Promise<Response['payload']> {
    const { payload: answer, error } = await this.ask(payloadType, payload)
    if (error !== undefined) throw new Error(`${payloadType}: ${error.code}: ${error.message}`)
    return answer
  }

  /** The code of the error that answers. */
  async refused(payloadType: string, payload?: unknown): Promise<string | undefined> {
    return (await this.ask(payloadType, payload)).error?.code
  }

  /** The next answer with this id. */
  async response(id: string | null): Promise<Response> {
    for (;;) {
      const index = this.#responses.findIndex((response) => response.id === id)
      if (index >= 0) return this.#responses.splice(index, 1)[0]!
      await this.#read()
    }
  }

  /** The next event. */
  async event(): Promise<Event> {
    while (this.#events.length === 0) await this.#read()
    return this.#events.shift()!
  }

  /** Events that came before the answer to a request made now. */
  async eventsSoFar(): Promise<Event[]> {
    await this.ask('getChats', {})
    return this.#events.splice(0)
  }

  send(frame: unknown): void {
    this.socket.send(frame)
  }

  /** One frame for all who wait: it may be another's than theirs. */
  #read(): Promise<void> {
    this.#reading ??= this.#take().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #take(): Promise<void> {
    const frame = await this.socket.next<Response | Event>()
    if (frame.type === 'response') this.#responses.push(frame)
    else this.#events.push(frame)
  }
}
