import assert from 'node:assert/strict'
import {
  connectRooms,
  type HttpAnswer,
  type HttpOptions,
  http,
  type SocketClient,
  type Target,
} from '../harness.ts'

/** Somebody in a room: the public id and the credential. */
export interface Somebody {
  readonly userId: string
  readonly participantId: string
}

/** A room made through the REST API, as tests of the protocol `rooms` use it. */
export class TestRoom {
  readonly gateway: Target
  readonly id: string
  readonly admin: Somebody

  static async make(gateway: Target, settings: object = {}, bearer?: string): Promise<TestRoom> {
    const options = { json: settings, ...(bearer !== undefined && { bearer }) }
    const { status, body } = await http(gateway, 'POST', '/api/rooms', options)
    assert.equal(status, 201, JSON.stringify(body))
    return new TestRoom(gateway, body.roomId, body.participant)
  }

  constructor(gateway: Target, id: string, admin: Somebody) {
    this.gateway = gateway
    this.id = id
    this.admin = admin
  }

  /** A request below the room's address; `who` null: without a credential. */
  ask(who: Somebody | null, method: string, path = '', options: HttpOptions = {}): Promise<HttpAnswer> {
    const bearer = who === null ? {} : { bearer: who.participantId }
    return http(this.gateway, method, `/api/rooms/${this.id}${path}`, { ...bearer, ...options })
  }

  async join(name: string, more: object = {}, options: HttpOptions = {}): Promise<Somebody> {
    const { status, body } = await this.ask(null, 'POST', '/participants', {
      json: { name, ...more },
      ...options,
    })
    assert.equal(status, 201, JSON.stringify(body))
    return body
  }

  /** Changes the room's settings. */
  async change(settings: object): Promise<void> {
    const { status, body } = await this.ask(this.admin, 'PATCH', '', { json: settings })
    assert.equal(status, 200, JSON.stringify(body))
  }

  async changeParticipant({ userId }: Somebody, changes: object): Promise<void> {
    const { status, body } = await this.ask(this.admin, 'PATCH', `/participants/${userId}`, { json: changes })
    assert.equal(status, 200, JSON.stringify(body))
  }

  async kick({ userId }: Somebody): Promise<void> {
    const { status } = await this.ask(this.admin, 'DELETE', `/participants/${userId}`)
    assert.equal(status, 204)
  }

  /** The message as the reply gives it. */
  async post(who: Somebody, content: string): Promise<HttpAnswer['body']> {
    const { status, body } = await this.ask(who, 'POST', '/messages', { json: { content } })
    assert.equal(status, 201, JSON.stringify(body))
    return body
  }

  /** A connection that may be refused yet: hello has not been taken. */
  open(who: Somebody, query: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
    return connectRooms(this.gateway, { roomId: this.id, participantId: who.participantId, ...query })
  }

  /** A connection that has said hello. */
  async connect(who: Somebody, query: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
    const client = await this.open(who, query)
    const { e } = await client.next<{ e: number }>()
    assert.equal(e, 0)
    return client
  }
}
