import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { http, startTestGateway } from '../../test/harness.ts'
import { ChannelListener } from '../../test/support/channel-listener.ts'
import { EventStream } from '../../test/support/event-stream.ts'
import { TestRoom } from '../../test/support/test-room.ts'

interface Hello {
  readonly d: { readonly epoch: string; readonly s: number; readonly recovered: boolean }
}

/** A gateway whose folder is put back to what it was at a planned stop, after more had been written. */
async function restored(t: { after(call: () => Promise<void>): void }) {
  const gateway = await startTestGateway()
  const backup = mkdtempSync(join(tmpdir(), 'parlance-backup-'))
  t.after(async () => {
    await gateway.dispose()
    rmSync(backup, { recursive: true })
  })
  return {
    gateway,
    async save() {
      await gateway.stop()
      cpSync(gateway.data, backup, { recursive: true })
      await gateway.restart()
    },
    async restore() {
      await gateway.stop()
      rmSync(gateway.data, { recursive: true })
      cpSync(backup, gateway.data, { recursive: true })
      await gateway.restart()
    },
  }
}

test('whoever has heard what a restored store has forgotten is told of a gap, even when the numbers fit again', async (t) => {
  const { gateway, save, restore } = await restored(t)
  const emit = async (json: unknown) => (await http(gateway, 'POST', '/lobby/emit', { json })).body.eventID
  const room = await TestRoom.make(gateway)
  const kept = await emit('kept')
  await room.post(room.admin, 'kept')
  await save()

  const client = await room.open(room.admin, { resume: '1' })
  const before = (await client.next<Hello>()).d
  const forgotten = await emit('forgotten')
  await room.post(room.admin, 'forgotten')
  const { s } = await client.next<{ s: number }>()
  const listener = await ChannelListener.connect(gateway, 'lobby')
  await client.close()
  await listener.client.close()
  await restore()
  // As many events as were forgotten, so that a number alone would be taken for the old one.
  const other = await emit('other')
  await room.post(room.admin, 'other')

  for (const since of [forgotten, listener.greeting.eventID]) {
    const { greeting } = await ChannelListener.connect(gateway, 'lobby', { query: { since } })
    assert.equal(greeting.payload.recovered, false, since)
    const stream = await EventStream.open(`${gateway.url}/lobby/listen`, { 'last-event-id': since })
    assert.equal(JSON.parse((await stream.next()).data ?? '').payload.recovered, false)
    await stream.close()
  }
  const again = await ChannelListener.connect(gateway, 'lobby', { query: { since: kept } })
  assert.equal(again.greeting.payload.recovered, true)
  assert.equal((await again.take('DATA')).eventID, other)

  const gone = (await (await room.open(room.admin, { since: `${s}`, epoch: before.epoch })).next<Hello>()).d
  assert.deepEqual([gone.recovered, gone.s], [false, s])
  assert.notEqual(gone.epoch, before.epoch)
  const page = await room.ask(
    room.admin,
    'GET',
    `/events?since=${s}&epoch=${encodeURIComponent(before.epoch)}`,
  )
  assert.deepEqual([page.status, page.body.error.position], [410, { epoch: gone.epoch, seq: s }])
})
