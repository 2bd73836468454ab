export interface StreamEvent {
  readonly event: string | undefined
  readonly id: string | undefined
  readonly data: string | undefined
  /** What a comment says; undefined where there is none. */
  readonly comment: string | undefined
}

/** A client of server-sent events that takes them one by one, as a `SocketClient` does frames. */
export class EventStream {
  readonly response: Response
  readonly #reader: ReadableStreamDefaultReader<string>
  #text = ''

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
    return new EventStream(await fetch(url, { headers: { accept: 'text/event-stream', ...headers } }))
  }

  private constructor(response: Response) {
    this.response = response
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
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
      const { value, done } = await this.#reader.read()
      if (done) return null
      this.#text += value
    }
  }

  async next(): Promise<StreamEvent> {
    const text = await this.nextText()
    if (text === null) throw new Error('the stream ended before another event came')
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]
    return { event: field('event'), id: field('id'), data: field('data'), comment: field('') }
  }

  close(): Promise<void> {
    return this.#reader.cancel()
  }
}
