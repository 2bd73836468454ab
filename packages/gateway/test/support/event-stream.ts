import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'

export interface StreamEvent {
  readonly event: string | undefined
  readonly id: string | undefined
  readonly data: string | undefined
  /** What a comment says; undefined where there is none. */
  readonly comment: string | undefined
}

/** A client of server-sent events that takes them one by one, as a `SocketClient` does frames. */
export class EventStream {
  readonly response: IncomingMessage
  readonly #chunks: AsyncIterator<string>
  #text = ''

  /** On a connection of its own, which breaks without harm to anything else. */
  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
    const asked = request(url, { agent: false, headers: { accept: 'text/event-stream', ...headers } }).end()
    const [response] = await once(asked, 'response')
    return new EventStream(response)
  }

  private constructor(response: IncomingMessage) {
    this.response = response.setEncoding('utf8')
    this.#chunks = this.response[Symbol.asyncIterator]()
  }

  /** The next event or comment as it came, without the empty line after it; null when the stream has ended. */
  async nextText(): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const event = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        return event
      }
      const { value, done } = await this.#chunks.next()
      if (done === true) return null
      this.#text += value
    }
  }

  async next(): Promise<StreamEvent> {
    const text = await this.nextText()
    if (text === null) throw new Error('the stream ended before another event came')
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]
    return { event: field('event'), id: field('id'), data: field('data'), comment: field('') }
  }

  async close(): Promise<void> {
    if (this.response.closed) return
    this.response.destroy()
    await once(this.response, 'close')
  }
}
