import assert from 'node:assert/strict'
import { type ChannelsOptions, connectChannels, type SocketClient, type Target } from '../harness.ts'

/** A frame of the protocol `channels`, as every one of them is. */
export interface ChannelFrame {
  readonly type: string
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  readonly payload: any
  readonly requires_ack?: boolean
  readonly eventID: string
  readonly clientID: string
  readonly latency: number
}

/** A client of the protocol `channels` that has been greeted. */
export class ChannelListener {
  readonly client: SocketClient
  readonly greeting: ChannelFrame

  static async connect(
    gateway: Target,
    channel: string,
    options: ChannelsOptions = {},
  ): Promise<ChannelListener> {
    const client = await connectChannels(gateway, channel, options)
    const greeting = await client.next<ChannelFrame>()
    assert.equal(greeting.type, 'CONNECTED')
    return new ChannelListener(client, greeting)
  }

  private constructor(client: SocketClient, greeting: ChannelFrame) {
    this.client = client
    this.greeting = greeting
  }

  get id(): string {
    return this.greeting.clientID
  }

  /** What a connection that continues this one asks for. */
  get resume(): { clientID: string; resumeToken: string } {
    return { clientID: this.id, resumeToken: this.greeting.payload.resumeToken }
  }

  next(): Promise<ChannelFrame> {
    return this.client.next<ChannelFrame>()
  }

  /** The next frame must have this type. */
  async take(type: string): Promise<ChannelFrame> {
    const frame = await this.next()
    assert.equal(frame.type, type, JSON.stringify(frame))
    return frame
  }

  /** The next frame of this type; those before it are dropped. */
  until(type: string): Promise<ChannelFrame> {
    return this.client.until<ChannelFrame>((frame) => frame.type === type)
  }

  /** The next frame must be an ERROR with this code. */
  async takeError(code: string): Promise<ChannelFrame> {
    const frame = await this.take('ERROR')
    assert.equal(frame.payload.code, code, frame.payload.message)
    return frame
  }

  acknowledge(eventID: string): void {
    this.client.send({ type: 'ACK', payload: { eventID } })
  }
}
