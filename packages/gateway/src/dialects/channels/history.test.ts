import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { http, startTestGateway, type TestGateway } from '../../../test/harness.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

const history = (channel: string, query = '') => http(gateway, 'GET', `/${channel}/history${query}`)
const payloadsIn = (page: { history: { payload: unknown }[] }) => page.history.map(({ payload }) => payload)

describe('history', () => {
  it('has what was emitted, newest last, verbatim', async () => {
    const from = Date.now()
    const { body } = await http(gateway, 'POST', '/verbatim/emit', { body: '{"n": 1.0}' })
    const { status, text, body: page, headers } = await history('verbatim')
    assert.equal(status, 200)
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
    const { at } = page.history[0]
    assert.ok(at >= from && at <= Date.now())
    assert.equal(text, `{"history":[{"eventID":"${body.eventID}","payload":{"n":1.0},"at":${at}}]}`)
  })

  it('comes in pages', async () => {
    for (let number = 1; number <= 5; number++) await http(gateway, 'POST', '/pages/emit', { json: number })
    const newest = (await history('pages', '?limit=2')).body
    assert.deepEqual(payloadsIn(newest), [4, 5])
    const before = newest.history[0].eventID
    assert.deepEqual(payloadsIn((await history('pages', `?limit=2&before=${before}`)).body), [2, 3])
    assert.deepEqual(payloadsIn((await history('pages')).body), [1, 2, 3, 4, 5])
  })

  it('has fewer on a page where they are large', async () => {
    const body = JSON.stringify('x'.repeat(60_000))
    const sent = [...Array(20).keys()].map(() => http(gateway, 'POST', '/large/emit', { body }))
    const ids = new Set((await Promise.all(sent)).map(({ body }) => body.eventID))
    const found: string[] = []
    for (let before = ''; ; before = `&before=${found[0]}`) {
      const { history: page } = (await history('large', `?limit=100${before}`)).body
      if (page.length === 0) break
      assert.ok(page.length < 18)
      found.unshift(...page.map(({ eventID }: { eventID: string }) => eventID))
    }
    assert.equal(found.length, 20)
    assert.deepEqual(new Set(found), ids)
  })

  it('is empty for a channel nobody has used, and does not make it', async () => {
    assert.deepEqual((await history('unused')).body, { history: [] })
    assert.equal((await http(gateway, 'GET', '/api/rooms/unused')).status, 404)
  })

  it('is refused with what is wrong', async () => {
    const room = await TestRoom.make(gateway)
    const refusals: [string, string, number, string][] = [
      ['lobby', '?limit=0', 400, 'INVALID_REQUEST'],
      ['lobby', '?limit=101', 400, 'INVALID_REQUEST'],
      ['lobby', '?limit=ten', 400, 'INVALID_REQUEST'],
      ['lobby', '?token=a.b.c', 401, 'TOKEN_INVALID'],
      ['metrics', '', 400, 'RESERVED_NAME'],
      [room.id, '', 403, 'NOT_A_MEMBER'],
      ['pages', '?before=evt_gPVZZQC5', 410, 'GAP'],
    ]
    for (const [channel, query, status, code] of refusals) {
      const reply = await history(channel, query)
      assert.deepEqual([reply.status, reply.body.code, reply.body.success], [status, code, false])
    }
  })

  it('has messages of the room, what they became, and not what a deleted one said', async () => {
    const room = await TestRoom.make(gateway)
    const read = async () =>
      payloadsIn(
        (await http(gateway, 'GET', `/${room.id}/history`, { bearer: room.admin.participantId })).body,
      )
    const message = await room.post(room.admin, 'hi')
    assert.deepEqual(await read(), [
      { messageId: message.id, authorId: room.admin.userId, content: 'hi', sentAt: message.sentAt },
    ])
    await room.ask(room.admin, 'DELETE', `/messages/${message.number}`)
    assert.deepEqual(await read(), [{ deleted: { messageId: message.id } }])
  })
})
