import type { Opened } from './network.ts'
import { HandshakeRefused, type WireEvents } from './peer.ts'

/** Opens an event stream (HTML, §9.2.6). The data of its events are its frames. Rejects with `HandshakeRefused`. */
export async function openEventStream(
  url: URL,
  headers: Readonly<Record<string, string>>,
  events: WireEvents,
): Promise<Opened> {
  const breaking = new AbortController()
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: breaking.signal,
  })
  if (response.status !== 200 || response.body === null) {
    throw new HandshakeRefused(response.status, await response.text())
  }
  const end = () => breaking.abort()
  events.opened({ send() {}, close: end, terminate: end })
  void readEvents(response.body, events)
  return { chosen: '' }
}

async function readEvents(body: ReadableStream<Uint8Array>, wire: WireEvents): Promise<void> {
  let text = ''
  try {
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const data = dataOf(event)
        if (data !== '') wire.received({ text: data, zipped: false })
      }
    }
  } catch {
    // Broken off by either side: there is no more to say than that it is over.
  }
  wire.ended({ code: 1006, reason: 'the stream has ended' })
}

function dataOf(event: string): string {
  const lines = event.split('\n').filter((line) => line.startsWith('data:'))
  return lines.map((line) => line.slice('data:'.length).trimStart()).join('\n')
}
