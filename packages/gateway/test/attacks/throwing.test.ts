import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { WebSocketListener } from '../../src/dialects/channels/websocket-listener.ts'
import { CommsSession } from '../../src/dialects/comms/session.ts'
import { Session as MessengerSession } from '../../src/dialects/messenger/session.ts'
import { RoomsSession } from '../../src/dialects/rooms/session.ts'
import { ServicesSession } from '../../src/dialects/services/session.ts'
import type { ConnectionHandler } from '../../src/ports/connection.ts'
import { connectRooms, http, SocketClient, socketUrl, tokenFor } from '../harness.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { Victim } from './support/victim.ts'

const victim = await Victim.start({ after }, { servicesSecret })
const { gateway } = victim
await http(gateway, 'POST', '/lobby/emit', { json: 1 })

interface Manner {
  readonly handler: { readonly prototype: ConnectionHandler }
  readonly open: () => Promise<SocketClient>
  /** Something that is answered, and how. */
  readonly asks: unknown
  readonly answer: RegExp
  /** What a mistake of ours is called, and the code after it. */
  readonly says: RegExp
  readonly code: number
}

const authorization = `Bearer ${tokenFor('ann')}`
const manners: Record<string, Manner> = {
  rooms: {
    handler: RoomsSession,
    open: () => connectRooms(gateway, { roomId: 'lobby', participantId: tokenFor('ann') }),
    asks: { e: 2, d: {} },
    answer: /^\{"e":1,/,
    says: /^The gateway made a mistake with this request; it has been logged\.$/m,
    code: 1011,
  },
  comms: {
    handler: CommsSession,
    open: () => SocketClient.open(socketUrl(gateway, '/comms')),
    asks: { f: 110, cnf: { token: tokenFor('ann') } },
    answer: /"f":140/,
    says: /"f":150,"cnf":\{"c":99,"d":true,/,
    code: 4099,
  },
  channels: {
    handler: WebSocketListener,
    open: () => SocketClient.open(socketUrl(gateway, '/lobby/listen')),
    asks: { type: '?' },
    answer: /"UNKNOWN_TYPE"/,
    says: /"type":"ERROR".*"INTERNAL"/,
    code: 1011,
  },
  messenger: {
    handler: MessengerSession,
    open: () => SocketClient.open(socketUrl(gateway, '/messenger'), { headers: { authorization } }),
    asks: 'ping',
    answer: /pong/,
    says: /"code":"internal"/,
    code: 1011,
  },
  services: {
    handler: ServicesSession,
    open: () => SocketClient.open(socketUrl(gateway, '/ws/v1')),
    asks: { op: 1, d: { heapUsed: 1 } },
    answer: /^\{"op":4,/,
    says: /^The gateway made a mistake with this request; it has been logged\.$/m,
    code: 1011,
  },
}

describe('a handler that throws', () => {
  for (const [name, { handler, open, asks, answer, says, code }] of Object.entries(manners)) {
    it(`costs its own connection only, which is told in the words of its protocol: ${name}`, (t) =>
      victim.withstands(
        async () => {
          const [unlucky, other] = [await open(), await open()]
          const throwing = t.mock.method(handler.prototype, 'receive', () => {
            throw new Error(`a secret of ${servicesSecret}`)
          })
          unlucky.send('anything')
          const { reason, ...closing } = await unlucky.closed
          throwing.mock.restore()
          const heard: string[] = []
          while (unlucky.pending > 0) heard.push(await unlucky.nextText())
          assert.equal(closing.code, code)
          assert.match([...heard, reason].join('\n'), says)
          assert.doesNotMatch([...heard, reason].join('\n'), /secret/)
          other.send(asks)
          while (!answer.test(await other.nextText()));
          await other.close()
        },
        { lines: () => 1, mistakes: 1 },
      ))
  }
})
