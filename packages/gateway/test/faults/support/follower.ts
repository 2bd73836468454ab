import { once } from 'node:events'
import {
  connectChannels,
  connectRooms,
  SocketClient,
  socketUrl,
  type Target,
  tokenFor,
} from '../../harness.ts'
import { EventStream } from '../../support/event-stream.ts'

import { Follower, room, type Source } from './follower-base.ts'

export { Follower, room, said } from './follower-base.ts'

function socketSource(client: SocketClient): Source {
  return {
    next: () => client.next().catch(() => null),
    break: () => client.terminate(),
    // A pong stands behind whatever was written before it.
    answer: () => {
      client.socket.ping()
      return once(client.socket, 'pong')
    },
  }
}

class RoomsFollower extends Follower {
  readonly protocol = 'rooms'
  #client: SocketClient | null = null
  #position: { readonly epoch: string; readonly s: number } | null = null

  protected async open(): Promise<Source> {
    const since: Record<string, string> =
      this.#position === null
        ? { resume: '1' }
        : { since: `${this.#position.s}`, epoch: this.#position.epoch }
    const client = await connectRooms(this.target, {
      roomId: room,
      participantId: tokenFor(this.user),
      ...since,
    })
    const { d } = await client.next<{ d: { epoch: string; s: number; recovered?: boolean } }>()
    if (this.#position !== null && d.recovered === false) this.gaps += 1
    this.#position = { epoch: d.epoch, s: d.recovered === true ? this.#position!.s : d.s }
    this.#client = client
    return socketSource(client)
  }

  protected take(frame: unknown): void {
    const { e, d, s } = frame as { e: number; d: { content: string }; s?: number }
    if (s !== undefined) {
      this.inOrder(this.#position!.s, s)
      this.#position = { epoch: this.#position!.epoch, s }
    }
    if (e === 1) this.#client?.send({ e: 1 })
    if (e === 3) this.note(d.content)
  }
}

class CommsFollower extends Follower {
  readonly protocol = 'comms'
  #session = 0
  #s: number | null = null

  protected async open(): Promise<Source> {
    const client = await SocketClient.open(socketUrl(this.target, '/comms'))
    const hello = await client.next<{ cnf: { hb_int: number } }>()
    const resume = this.#s === null ? {} : { session_id: this.#session, s: this.#s }
    client.send({ f: 110, cnf: { token: tokenFor(this.user), ...resume } })
    const { f, cnf } = await client.next<{ f: number; cnf: { session_id: number; resumed?: boolean } }>()
    // A gateway that goes down meanwhile says so, in place of a greeting.
    if (f !== 140) throw new Error(`comms: not ready, but ${f}`)
    if (cnf.resumed === false) this.gaps += 1
    this.#session = cnf.session_id
    if (cnf.resumed !== true) {
      this.#s = null
      const placed = await client.until<{ f: number; t?: string }>(
        ({ f, t }) => f === 150 || t === 'CHANNEL_MOVE',
      )
      if (placed.f === 150) {
        await client.terminate()
        throw new Error('comms: the channel cannot be entered')
      }
    }
    const beating = setInterval(() => client.send({ f: 120 }), hello.cnf.hb_int)
    void client.closed.then(() => clearInterval(beating))
    return socketSource(client)
  }

  protected take(frame: unknown): void {
    const { t, s, cnf } = frame as { t?: string; s?: number; cnf: { content: string; messageID: number } }
    if (s !== undefined) {
      if (this.#s !== null) this.inOrder(this.#s, s)
      this.#s = s
    }
    if (t === 'MESSAGE_CREATE') this.note(cnf.content)
    if (t === 'MESSAGE_DELETE') this.noteDeletion(cnf.messageID)
  }
}

interface ChannelsData {
  readonly content?: string
  readonly edited?: { readonly content: string }
  readonly deleted?: { readonly messageId: number }
}

abstract class DataFollower extends Follower {
  protected noteData({ content, edited, deleted }: ChannelsData): void {
    if (content !== undefined) this.note(content)
    if (edited !== undefined) this.noteEdit(edited.content)
    if (deleted !== undefined) this.noteDeletion(deleted.messageId)
  }
}

class ChannelsFollower extends DataFollower {
  readonly protocol = 'channels'
  #client: SocketClient | null = null
  #since: string | null = null
  #session: { clientID: string; resumeToken: string } | null = null

  protected async open(): Promise<Source> {
    const query = this.#since === null ? {} : { since: this.#since, ...this.#session }
    const client = await connectChannels(this.target, room, { query, bearer: tokenFor(this.user) })
    const greeting = await client.next<{
      type: string
      clientID: string
      eventID: string
      payload: { recovered?: boolean; resumeToken: string }
    }>()
    const { type, clientID, eventID, payload } = greeting
    if (type !== 'CONNECTED') throw new Error(`channels: not connected, but ${type}`)
    if (payload.recovered === false) this.gaps += 1
    if (payload.recovered !== true) this.#since = eventID
    this.#session = { clientID, resumeToken: payload.resumeToken }
    this.#client = client
    return socketSource(client)
  }

  protected take(frame: unknown): void {
    const { type, payload, eventID } = frame as { type: string; payload: ChannelsData; eventID: string }
    if (type === 'PING') this.#client?.send({ type: 'PONG' })
    if (type !== 'DATA') return
    this.#since = eventID
    this.noteData(payload)
  }
}

/** Server-sent events of `channels`. */
class StreamFollower extends DataFollower {
  readonly protocol = 'channels, event stream'
  #last: string | null = null

  protected async open(): Promise<Source> {
    const headers = {
      authorization: `Bearer ${tokenFor(this.user)}`,
      ...(this.#last !== null && { 'last-event-id': this.#last }),
    }
    const stream = await EventStream.open(`${this.target.url}/${room}/listen`, headers)
    const greeting = await stream.next()
    if (greeting.event !== 'CONNECTED') throw new Error(`channels: not connected, but ${greeting.event}`)
    const { payload } = JSON.parse(greeting.data ?? '{}')
    if (payload.recovered === false) this.gaps += 1
    if (payload.recovered !== true) this.#last = greeting.id ?? null
    let came = () => {}
    return {
      async next() {
        const event = await stream.next().catch(() => null)
        came()
        return event
      },
      break: () => stream.close(),
      answer: () =>
        new Promise<void>((resolve) => {
          came = resolve
        }),
    }
  }

  protected take(frame: unknown): void {
    const { event, id, data } = frame as { event?: string; id?: string; data?: string }
    if (id !== undefined) this.#last = id
    if (event !== 'DATA') return
    this.noteData(JSON.parse(data ?? '{}').payload)
  }
}

class MessengerFollower extends Follower {
  readonly protocol = 'messenger'
  #last: number | null = null
  #epoch: string | undefined

  protected async open(): Promise<Source> {
    const headers = { authorization: `Bearer ${tokenFor(this.user)}` }
    const client = await SocketClient.open(socketUrl(this.target, '/messenger'), { headers })
    const payload = this.#last === null ? {} : { lastEventId: this.#last, epoch: this.#epoch }
    client.send({ type: 'request', timestamp: 1, id: `s${Math.random()}`, payloadType: 'subscribe', payload })
    const answer = await client.next<{
      payload?: { lastEventId: number; epoch: string }
      error?: { code: string; lastEventId: number; epoch: string }
    }>()
    if (answer.error !== undefined) {
      if (answer.error.code !== 'gap') throw new Error(`subscribe: ${JSON.stringify(answer.error)}`)
      this.gaps += 1
      this.#last = answer.error.lastEventId
    }
    this.#epoch = (answer.payload ?? answer.error)?.epoch
    this.#last ??= answer.payload?.lastEventId ?? null
    return socketSource(client)
  }

  protected take(frame: unknown): void {
    const { id, eventType, payload } = frame as {
      id?: number
      eventType: string
      payload: { message?: string; messageId: number }
    }
    if (id === undefined) return
    if (id !== this.#last! + 1) throw new Error(`messenger: event ${id} came after ${this.#last}`)
    this.#last = id
    // Without a gap in its ids, what was deleted meanwhile comes as a message without a text.
    if (eventType === 'new' && payload.message !== undefined) this.note(payload.message)
    if (eventType === 'edit' && payload.message !== undefined) this.noteEdit(payload.message)
    if (eventType === 'delete') this.noteDeletion(payload.messageId)
  }
}

type FollowerClass = new (target: Target, user: string) => Follower

/** A follower of each protocol that can resume. */
export const followers: Readonly<Record<string, FollowerClass>> = {
  rooms: RoomsFollower,
  comms: CommsFollower,
  channels: ChannelsFollower,
  stream: StreamFollower,
  messenger: MessengerFollower,
}
