import { SocketClient } from '../harness.ts'
import type { SpawnedGateway } from '../support/spawned-gateway.ts'

/** Lets the process of a gateway be inspected, at a port of its own. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

/** What a process holds once its garbage has been collected, in bytes. */
export interface Memory {
  /** Of the main thread. */
  readonly heap: number
  readonly external: number
  readonly arrayBuffers: number
  /** Of the thread that has the store: its heap, and what lies outside of it. */
  readonly storeHeap: number
  readonly storeExternal: number
  /** Of the whole process. */
  readonly resident: number
}

interface Answer {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly sessionId: string; readonly message: string }
  readonly result?: { readonly result: { readonly value: string } }
}

type Usage = Readonly<Record<'rss' | 'heapUsed' | 'external' | 'arrayBuffers', number>>

/** A debugger's end of Node's inspector (the Chrome DevTools protocol, domains HeapProfiler, Runtime and NodeWorker). */
export class Inspector {
  readonly #client: SocketClient
  readonly #store: string
  #asked = 0

  static async attach({ log }: SpawnedGateway): Promise<Inspector> {
    const url = /Debugger listening on (\S+)/.exec(log)?.[1]
    if (url === undefined) throw new Error('the process cannot be inspected')
    const client = await SocketClient.open(url)
    client.send({ id: 0, method: 'NodeWorker.enable', params: { waitForDebuggerOnStart: false } })
    const attached = await client.until<Answer>(({ method }) => method === 'NodeWorker.attachedToWorker')
    return new Inspector(client, attached.params!.sessionId)
  }

  private constructor(client: SocketClient, store: string) {
    this.#client = client
    this.#store = store
  }

  /** Collects the garbage of both threads, and tells what is left. */
  async memory(): Promise<Memory> {
    const store = await this.#usage((request) => this.#askStore(request))
    const main = await this.#usage((request) => this.#ask(request))
    return {
      heap: main.heapUsed,
      external: main.external,
      arrayBuffers: main.arrayBuffers,
      storeHeap: store.heapUsed,
      storeExternal: store.external,
      resident: main.rss,
    }
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #usage(ask: (request: object) => Promise<Answer>): Promise<Usage> {
    await ask({ method: 'HeapProfiler.collectGarbage' })
    const expression = 'JSON.stringify(process.memoryUsage())'
    const { result } = await ask({ method: 'Runtime.evaluate', params: { expression } })
    return JSON.parse(result!.result.value) as Usage
  }

  #ask(request: object): Promise<Answer> {
    const id = ++this.#asked
    this.#client.send({ id, ...request })
    return this.#client.until<Answer>((answer) => answer.id === id)
  }

  async #askStore(request: object): Promise<Answer> {
    const id = ++this.#asked
    const message = JSON.stringify({ id, ...request })
    const method = 'NodeWorker.sendMessageToWorker'
    this.#client.send({ id: ++this.#asked, method, params: { message, sessionId: this.#store } })
    for (;;) {
      const { params } = await this.#client.until<Answer>(
        (answer) => answer.method === 'NodeWorker.receivedMessageFromWorker',
      )
      const answer = JSON.parse(params!.message) as Answer
      if (answer.id === id) return answer
    }
  }
}
