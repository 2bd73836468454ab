import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { after, before, mock, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { SocketClient } from '../../test/support/socket-client.ts'
import { TransportScene } from '../../test/support/transport-scene.ts'
import type { Audience, Connection, Encoded } from '../ports/connection.ts'

const size = 4
let scene: TransportScene
let clients: SocketClient[]
let connections: readonly Connection[]

let stop: () => Promise<void>

before(async () => {
  scene = await TransportScene.open({
    after(call) {
      stop = call
    },
  })
  clients = []
  for (let index = 0; index < size; index++) clients.push(await SocketClient.open(scene.url))
  connections = scene.connections
})

after(() => stop())

type Step =
  | { readonly kind: 'send'; readonly to: number; readonly encoded: Encoded }
  | { readonly kind: 'publish'; readonly in: number; readonly encoded: Encoded; readonly except: number[] }
  | { readonly kind: 'enter'; readonly who: number; readonly audience: number }
  | { readonly kind: 'leave'; readonly who: number }
  | { readonly kind: 'stamp'; readonly who: number; readonly stamp: string }
  | { readonly kind: 'turn' }

const who = fc.nat(size - 1)
const encoded = fc.oneof(
  fc.string({ maxLength: 130 }),
  fc.record({ head: fc.string({ maxLength: 5 }), tail: fc.string({ maxLength: 5 }) }),
)
const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), to: who, encoded }),
  fc.record({
    kind: fc.constant('publish' as const),
    in: fc.nat(1),
    encoded,
    except: fc.uniqueArray(who, { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('enter' as const), who, audience: fc.nat(1) }),
  fc.record({ kind: fc.constant('leave' as const), who }),
  fc.record({ kind: fc.constant('stamp' as const), who, stamp: fc.constantFrom('', '1', '22', '"c",3') }),
  fc.record({ kind: fc.constant('turn' as const) }),
)

/** What it should come to: everything is told to everyone at once. Each is in one of the two audiences at most. */
class Model {
  readonly heard: string[][] = connections.map(() => [])
  readonly places: (number | null)[] = connections.map(() => null)
  readonly #stamps = connections.map(() => '')

  take(next: Step): void {
    if (next.kind === 'send') this.#tell(next.to, next.encoded)
    if (next.kind === 'stamp') this.#stamps[next.who] = next.stamp
    if (next.kind === 'leave') this.places[next.who] = null
    if (next.kind === 'enter') this.places[next.who] = next.audience
    if (next.kind !== 'publish') return
    this.places.forEach((place, index) => {
      if (place === next.in && !next.except.includes(index)) this.#tell(index, next.encoded)
    })
  }

  #tell(to: number, one: Encoded): void {
    this.heard[to]!.push(
      typeof one === 'object' && 'head' in one ? one.head + this.#stamps[to] + one.tail : String(one),
    )
  }
}

async function perform(next: Step, audiences: readonly Audience[]): Promise<void> {
  switch (next.kind) {
    case 'send':
      return connections[next.to]!.send(next.encoded)
    case 'publish':
      return audiences[next.in]!.publish(
        next.encoded,
        new Set(next.except.map((index) => connections[index]!)),
      )
    case 'enter':
      audiences[1 - next.audience]!.remove(connections[next.who]!)
      return audiences[next.audience]!.add(connections[next.who]!)
    case 'leave':
      for (const audience of audiences) audience.remove(connections[next.who]!)
      return
    case 'stamp':
      connections[next.who]!.stamp = next.stamp
      return
    case 'turn':
      await turn()
      return
  }
}

test('under any order of send, publish, enter, leave and stamp, each hears what it should, in the order of the calls', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
      const audiences = [
        scene.transport.outbound.audience('websocket'),
        scene.transport.outbound.audience('websocket'),
      ]
      for (const connection of connections) connection.stamp = ''
      const model = new Model()
      const everyoneEnters = connections.map((_, who): Step => ({ kind: 'enter', who, audience: who % 2 }))
      for (const next of [...everyoneEnters, ...steps]) {
        model.take(next)
        // Awaiting what is not the end of a turn would make every step a turn of its own.
        const performed = perform(next, audiences)
        if (next.kind === 'turn') await performed
      }
      for (const [index, connection] of connections.entries()) {
        connection.send('end of this run')
        const heard: string[] = []
        for (let text = await next(index); text !== 'end of this run'; text = await next(index))
          heard.push(text)
        assert.deepEqual(heard, model.heard[index])
      }
      for (const audience of audiences) for (const connection of connections) audience.remove(connection)
    }),
    { numRuns: 300 },
  )
})

function next(index: number): Promise<string> {
  return clients[index]!.nextText()
}

function countWrites(connection: Connection) {
  const { socket } = connection as unknown as { socket: Socket }
  const spy = mock.method(socket, 'write')
  return { count: () => spy.mock.callCount(), stop: () => spy.mock.restore() }
}

test('a turn is one write for each connection, whatever it was sent in it', async () => {
  const spies = connections.map(countWrites)
  const audience = scene.transport.outbound.audience('websocket')
  for (const connection of connections) audience.add(connection)
  for (let count = 0; count < 32; count++) {
    audience.publish(`broadcast ${count}`)
    connections[0]!.send(`reply ${count}`)
  }
  for (const index of connections.keys()) {
    for (let count = 0; count < 32; count++) {
      assert.equal(await next(index), `broadcast ${count}`)
      if (index === 0) assert.equal(await next(index), `reply ${count}`)
    }
  }
  assert.deepEqual(
    spies.map((spy) => spy.count()),
    [1, 1, 1, 1],
  )
  for (const spy of spies) spy.stop()
  for (const connection of connections) audience.remove(connection)
})

test('all members are written the very same buffer', async () => {
  const written: unknown[] = []
  const spies = connections.map((connection) => {
    const { socket } = connection as unknown as { socket: Socket }
    const write = socket.write.bind(socket)
    return mock.method(socket, 'write', (bytes: Buffer) => {
      written.push(bytes)
      return write(bytes)
    })
  })
  const audience = scene.transport.outbound.audience('websocket')
  for (const connection of connections) audience.add(connection)
  audience.publish('one')
  audience.publish('two')
  for (const index of connections.keys())
    assert.deepEqual([await next(index), await next(index)], ['one', 'two'])
  assert.equal(written.length, size)
  assert.equal(new Set(written).size, 1)
  for (const spy of spies) spy.mock.restore()
  for (const connection of connections) audience.remove(connection)
})

test('an audience takes connections of its own wire only, and each once', () => {
  const audience = scene.transport.outbound.audience('websocket')
  audience.add(connections[0]!)
  audience.add(connections[0]!)
  assert.equal(audience.size, 1)
  assert.throws(() => scene.transport.outbound.audience('raw').add(connections[0]!), TypeError)
  audience.remove(connections[0]!)
  audience.remove(connections[0]!)
  assert.equal(audience.size, 0)
})
