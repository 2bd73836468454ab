import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startTestGateway } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'
import { isHeard } from '../../../test/support/frame-check.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

/** By event: the data that is taken as such (whatever becomes of it), and the data that is malformed. */
const rows: Readonly<Record<string, { readonly good: readonly object[]; readonly bad: readonly object[] }>> =
  {
    MESSAGE_CREATE: {
      good: [
        { content: 'x' },
        { content: 'x', nonce: 5 },
        { content: 'x', nonce: 'n' },
        { content: 'x', more: 1 },
      ],
      bad: [{}, { content: '' }, { content: 5 }, { content: null }, { content: 'x', nonce: 1.5 }],
    },
    MESSAGE_DELETE: {
      good: [],
      bad: [{}, { messageID: 'x' }, { messageID: 1.5 }, { messageID: null }, { messageID: {} }],
    },
    START_TYPING: { good: [{}, { more: 1 }], bad: [] },
    SYSTEM_BAN_ADD: {
      good: [{ user: 'nobody' }, { user: 5 }, { bot: 'nobody' }, { user: 'nobody', reason: 'because' }],
      bad: [{}, { user: 1.5 }, { user: '' }, { user: {} }, { user: 'nobody', reason: 5 }],
    },
    CHANNEL_ADD: {
      good: [{ name: 'made' }, { name: 'made-too', description: 'd', visibility: false }],
      bad: [{}, { name: 5 }, { name: '' }, { name: 'x', description: 5 }, { name: 'x', visibility: 'yes' }],
    },
    CHANNEL_MOVE: {
      good: [{ channel: 'nowhere' }, { channel: 5 }],
      bad: [{}, { channel: '' }, { channel: 1.5 }],
    },
    ROOM_USER_ADD: { good: [{}, { channel: 'nowhere' }], bad: [{ channel: '' }, { channel: [] }] },
    ROOM_USER_REMOVE: { good: [{ channel: 'nowhere' }], bad: [{ channel: '' }, { channel: {} }] },
  }

for (const [event, { good, bad }] of Object.entries(rows)) {
  test(`${event}: what the document has is taken, and what it has not is error 4004`, async () => {
    const ann = await CommsClient.join(gateway, 'ann', { admin: true })
    for (const cnf of [...good, ...bad]) {
      const isGood = good.includes(cnf)
      assert.equal(isHeard('comms', JSON.stringify({ f: 130, cnf, t: event })), isGood, JSON.stringify(cnf))
      ann.execute(event, cnf, 9)
      ann.socket.send({ f: 120 })
      const frames = []
      for (let frame = await ann.next(); frame.f !== 120; frame = await ann.next()) frames.push(frame)
      ann.execute('EVENT_HERE', {}, 10)
      for (let frame = await ann.next(); frame.cnf.s !== 10; frame = await ann.next()) frames.push(frame)
      const errors = frames.filter(({ f }) => f === 150).map(({ cnf: { c, s } }) => [c, s])
      assert.equal(
        errors.some(([c, s]) => c === 4004 && s === 9),
        !isGood,
        JSON.stringify({ cnf, errors }),
      )
    }
    await ann.socket.close()
  })
}
