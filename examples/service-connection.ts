import { inflateSync } from 'node:zlib'
import { WebSocket } from 'ws'

/** A frame of the protocol `services`. */
export interface Frame {
  readonly op: number
  readonly d: Record<string, unknown>
  readonly t?: string
}

export interface Service {
  readonly url: string
  readonly secret: string
  readonly type: string
  /** What this service says of itself in each heartbeat, besides the memory it uses. */
  report(): Record<string, unknown>
  /** After every connection, and again when its shards change. */
  identified(data: Record<string, unknown>): void
  /** An event for this service. */
  event(name: string, data: Record<string, unknown>): void
  /** Why it is not connected; it will be tried again in a moment. */
  disconnected?(reason: string): void
}

export interface ServiceConnection {
  /** False while there is no connection: send it again later. */
  send(frame: Frame): boolean
  close(): void
}

const opcodes = { identify: 0, heartbeat: 1, event: 2, hello: 3, heartbeatAck: 4, cache: 5 } as const
/** Trying again would not help: the secret is wrong, or another process goes on with this session. */
const finalCodes: readonly number[] = [4001, 4002]

/** Connects a service to a gateway, beats, and connects again with its session when the connection is lost. */
export function connectService(service: Service): ServiceConnection {
  let socket: WebSocket
  let session: unknown
  let beating: NodeJS.Timeout | undefined
  let again: NodeJS.Timeout | undefined
  let ready = false
  let over = false

  function connect(): void {
    socket = new WebSocket(service.url, { perMessageDeflate: false })
    socket.on('message', (data: Buffer, binary) => {
      receive(JSON.parse((binary ? inflateSync(data) : data).toString()) as Frame)
    })
    socket.on('error', (error) => service.disconnected?.(error.message))
    socket.on('close', (code, reason) => {
      ready = false
      clearInterval(beating)
      if (over) return
      service.disconnected?.(`${code} ${reason}`)
      if (!finalCodes.includes(code)) again = setTimeout(connect, 500)
    })
  }

  function receive({ op, d, t }: Frame): void {
    if (op === opcodes.hello) {
      beating = setInterval(beat, Number(d.heartbeatInterval))
      const { type, secret } = service
      say({ op: opcodes.identify, d: { type, compress: true, secret, ...(session ? { session } : {}) } })
    } else if (op === opcodes.heartbeat) {
      beat()
    } else if (op === opcodes.event && t === 'IDENTIFIED') {
      session = d.session
      ready = true
      beat()
      service.identified(d)
    } else if (op === opcodes.event) {
      service.event(String(t), d)
    }
  }

  function beat(): void {
    say({ op: opcodes.heartbeat, d: { heapUsed: process.memoryUsage().heapUsed, ...service.report() } })
  }

  function say(frame: Frame): void {
    socket.send(JSON.stringify(frame))
  }

  connect()
  return {
    send(frame) {
      if (ready) say(frame)
      return ready
    },
    close() {
      over = true
      clearTimeout(again)
      socket.close(1000)
    },
  }
}
