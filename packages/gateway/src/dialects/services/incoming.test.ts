import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { FakeConnection } from '../../../test/support/fake-outbound.ts'
import { Incoming } from './incoming.ts'

class PausingConnection extends FakeConnection {
  readonly calls: string[] = []
  override pause(): void {
    this.calls.push('pause')
  }
  override resume(): void {
    this.calls.push('resume')
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('stops reading when more waits than it may, and goes on when less does', async () => {
  const connection = new PausingConnection('c')
  const { promise, resolve } = Promise.withResolvers<void>()
  const worked: string[] = []
  const incoming = new Incoming(connection, 10, (data) => {
    worked.push(data.toString())
    return worked.length === 1 ? promise : undefined
  })
  for (const text of ['first', '12345', '67890']) incoming.receive(Buffer.from(text), false)
  assert.deepEqual(connection.calls, [])
  incoming.receive(Buffer.from('x'), false)
  assert.deepEqual(connection.calls, ['pause'])
  assert.deepEqual([worked, incoming.busy], [['first'], true])
  resolve()
  await turn()
  assert.deepEqual([worked, incoming.busy], [['first', '12345', '67890', 'x'], false])
  assert.equal(connection.calls.at(-1), 'resume')
})

it('works off what came in the order it came, whatever takes time', async () => {
  const step = fc.oneof(fc.constant('turn'), fc.boolean())
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const worked: number[] = []
      const incoming = new Incoming(new FakeConnection('c'), 1e6, (data, takesTime) => {
        worked.push(data.readUInt8())
        return takesTime ? turn().then(() => undefined) : undefined
      })
      let sent = 0
      for (const one of steps) {
        if (one === 'turn') await turn()
        else incoming.receive(Buffer.of(sent++), one === true)
      }
      while (incoming.busy) await turn()
      assert.deepEqual(
        worked,
        Array.from({ length: sent }, (_, i) => i),
      )
    }),
    { numRuns: 200 },
  )
})
