import { HandshakeRefused, Peer } from './peer.ts'

/** An event stream (HTML, §9.2.6) that is open. The data of its events are its frames. Rejects with `HandshakeRefused`. */
export async function openEventStream(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<{ peer: Peer; chosen: string }> {
  const breaking = new AbortController()
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: breaking.signal,
  })
  if (response.status !== 200 || response.body === null) {
    throw new HandshakeRefused(response.status, await response.text())
  }
  const peer = new Peer(() => {})
  const end = () => breaking.abort()
  peer.attach({ send() {}, close: end, terminate: end })
  void readEvents(response.body, peer)
  return { peer, chosen: '' }
}

async function readEvents(body: ReadableStream<Uint8Array>, peer: Peer): Promise<void> {
  let text = ''
  try {
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const data = dataOf(event)
        if (data !== '') peer.received({ text: data, zipped: false })
      }
    }
  } catch {
    // Broken off by either side: there is no more to say than that it is over.
  }
  peer.ended({ code: 1006, reason: 'the stream has ended' })
}

function dataOf(event: string): string {
  const lines = event.split('\n').filter((line) => line.startsWith('data:'))
  return lines.map((line) => line.slice('data:'.length).trimStart()).join('\n')
}
