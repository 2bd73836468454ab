import assert from 'node:assert/strict'
import { connectChannels, http, tokenFor } from '../../harness.ts'
import type { Actor } from '../../matrix/acts.ts'
import type { Speaker } from '../../matrix/matrix.ts'
import { connect } from '../../matrix/observers.ts'
import { CommsClient, type CommsFrame } from '../../support/comms-client.ts'
import { MessengerClient } from '../../support/messenger-client.ts'
import type { TestRoom } from '../../support/test-room.ts'

/** Who is kicked and banned, and comes again. */
const passer = 'eve'

/** Those who act in a room: one who writes, one who reads, and the admin of the gateway. */
export class Cast {
  readonly actor: Actor
  readonly reader: Actor
  readonly #room: TestRoom

  static async enter(room: TestRoom): Promise<Cast> {
    return new Cast(room, await actorIn(room, 'actor'), await actorIn(room, 'reader'))
  }

  private constructor(room: TestRoom, actor: Actor, reader: Actor) {
    this.#room = room
    this.actor = actor
    this.reader = reader
  }

  /** Whether or not that changes anything now. */
  async kick(): Promise<void> {
    const { status } = await this.#room.ask(this.#room.admin, 'DELETE', `/participants/${passer}`)
    assert.ok(status === 204 || status === 404, `${status}`)
  }

  async ban(): Promise<void> {
    await changePasser(this.#room, { banned: true })
  }

  /** In `comms` a ban is from the whole gateway, for good: each is of somebody else, who is there. */
  async banFromGateway(user: string): Promise<void> {
    const banned = await CommsClient.join(this.#room.gateway, user, { name: user })
    const admin = await CommsClient.join(this.#room.gateway, 'boss', { name: 'boss', admin: true })
    admin.execute('SYSTEM_BAN_ADD', { user })
    const { cnf } = await banned.socket.until<CommsFrame>(({ f }) => f === 150)
    assert.equal(cnf.c, 5)
    await Promise.all([banned.socket.closed, admin.socket.close()])
  }

  async leave(): Promise<void> {
    for (const { comms, messenger } of [this.actor, this.reader]) {
      await comms.terminate()
      await messenger.socket.terminate()
    }
  }
}

/** Somebody comes into the room through a protocol, and goes again. */
export const passBy: Readonly<Record<Speaker, (room: TestRoom) => Promise<void>>> = {
  async rooms(room) {
    await changePasser(room, { banned: false })
    const { status } = await http(room.gateway, 'POST', `/api/rooms/${room.id}/participants`, {
      json: { name: passer },
      bearer: tokenFor(passer, { name: passer }),
    })
    assert.ok(status === 201 || status === 409, `${status}`)
    const client = await room.connect({ userId: passer, participantId: tokenFor(passer) })
    await client.terminate()
  },
  async comms({ gateway }) {
    await (await CommsClient.join(gateway, 'passer-comms')).socket.terminate()
  },
  async channels({ gateway, id }) {
    const client = await connectChannels(gateway, id, { bearer: tokenFor('passer-channels') })
    await client.next()
    await client.terminate()
  },
  async messenger({ gateway }) {
    await (await MessengerClient.subscribed(gateway, 'reader')).socket.terminate()
  },
}

async function changePasser(room: TestRoom, changes: object): Promise<void> {
  const path = `/participants/${passer}`
  const { status } = await room.ask(room.admin, 'PATCH', path, { json: changes })
  assert.ok(status === 200 || status === 404, `${status}`)
}

async function actorIn(room: TestRoom, user: string): Promise<Actor> {
  const self = { userId: user, participantId: '' }
  return {
    user,
    room,
    comms: await connect(room, 'comms', user, self),
    messenger: new MessengerClient(await connect(room, 'messenger', user, self)),
  }
}
