import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { http, startTestGateway, type Target, tokenFor } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { largeText, smallReplay } from '../../../test/support/small-replay.ts'

const gateway = await startTestGateway({ sessions: { replayLimit: 20 } })
after(() => gateway.dispose())

const emit = async (content: string, target: Target = gateway) => {
  const { status } = await http(target, 'POST', '/lobby/emit', { json: { content } })
  assert.equal(status, 200)
}

/** Hears one message and is cut. */
async function cut(user: string) {
  const client = await CommsClient.join(gateway, user)
  await emit(`seen by ${user}`)
  const { s } = await client.socket.until<{ t: string; s: number }>(({ t }) => t === 'MESSAGE_CREATE')
  await client.socket.terminate()
  return { sessionId: client.ready?.session_id ?? 0, s }
}

async function resume(user: string, sessionId: unknown, s: unknown, target: Target = gateway) {
  const client = await CommsClient.open(target)
  const ready = await client.present({ token: tokenFor(user), session_id: sessionId, s })
  return { client, ready: ready.cnf }
}

const contents = async (client: CommsClient, count: number) => {
  const found: string[] = []
  while (found.length < count) found.push((await client.event('MESSAGE_CREATE')).content)
  return found
}

test('a resume has the same session, then all that was missed in order, then what is live', async () => {
  const { sessionId, s } = await cut('ann')
  await emit('one')
  await emit('two')
  const { client, ready } = await resume('ann', sessionId, s)
  assert.equal(ready.session_id, sessionId)
  assert.equal(ready.resumed, true)
  assert.deepEqual(await contents(client, 2), ['one', 'two'])
  await emit('live')
  assert.deepEqual(await contents(client, 1), ['live'])
  await client.socket.close()
})

test('a session outlives a restart of the gateway', async () => {
  const { sessionId, s } = await cut('ann')
  await emit('before the restart')
  await gateway.restart()
  await emit('after the restart')
  const { client, ready } = await resume('ann', sessionId, s)
  assert.equal(ready.resumed, true)
  assert.deepEqual(await contents(client, 2), ['before the restart', 'after the restart'])
  await client.socket.close()
})

test('another user, an unknown session and a position from the future get a new session, told so', async () => {
  const { sessionId, s } = await cut('ann')
  const attempts: [string, unknown, unknown][] = [
    ['eve', sessionId, s],
    ['ann', 12345, s],
    ['ann', sessionId, 1_000_000],
  ]
  for (const [user, id, from] of attempts) {
    const { client, ready } = await resume(user, id, from)
    assert.equal(ready.resumed, false)
    assert.notEqual(ready.session_id, id)
    assert.equal((await client.event('CHANNEL_MOVE')).channel.id, 'lobby')
    await client.socket.close()
  }
})

test('a resume takes over from a connection that still looks open, and nobody sees the user leave', async () => {
  const watcher = await CommsClient.join(gateway, 'watcher')
  const old = await CommsClient.join(gateway, 'ann')
  await watcher.event('ROOM_USER_ADD')
  await emit('seen')
  const { s } = await old.socket.next<{ s: number }>()
  await emit('missed')
  const { client, ready } = await resume('ann', old.ready?.session_id, s)
  assert.deepEqual([ready.resumed, ready.session_id], [true, old.ready?.session_id])
  assert.deepEqual(await contents(old, 1), ['missed'])
  assert.deepEqual(await old.error(), { c: 4007, d: true })
  assert.equal((await old.socket.closed).code, 4007)
  await emit('live')
  assert.deepEqual(await contents(client, 2), ['missed', 'live'])
  assert.deepEqual(await contents(watcher, 3), ['seen', 'missed', 'live'])
  await client.socket.terminate()
  await watcher.event('ROOM_USER_REMOVE')
  const again = await resume('ann', ready.session_id, s)
  assert.equal(again.ready.resumed, true)
  await Promise.all([again.client.socket.close(), watcher.socket.close()])
})

test('nobody but the user takes over from a connection', async () => {
  const ann = await CommsClient.join(gateway, 'ann')
  const eve = await resume('eve', ann.ready?.session_id, 0)
  assert.equal(eve.ready.resumed, false)
  await ann.event('ROOM_USER_ADD')
  ann.execute('MESSAGE_CREATE', { content: 'still here' })
  assert.deepEqual(await contents(ann, 1), ['still here'])
  await Promise.all([ann.socket.close(), eve.client.socket.close()])
})

test('of many resumes of one session at once the last has it, and the others are told', async () => {
  const { sessionId, s } = await cut('ann')
  const all = await Promise.all(Array.from({ length: 8 }, () => CommsClient.open(gateway)))
  const left = new Set(all)
  const codes: number[] = []
  const sevenAreGone = new Promise<void>((done) => {
    for (const client of all) {
      client.socket.socket.once('close', (code) => {
        left.delete(client)
        if (codes.push(code) === 7) done()
      })
    }
  })
  for (const { socket } of all)
    socket.send({ f: 110, cnf: { token: tokenFor('ann'), session_id: sessionId, s } })
  await sevenAreGone
  assert.deepEqual(codes, Array(7).fill(4007))
  const [winner] = left
  const { cnf } = await winner!.next()
  assert.deepEqual([cnf.session_id, cnf.resumed], [sessionId, true])
  await emit('live')
  assert.deepEqual(await contents(winner!, 1), ['live'])
  await winner!.socket.close()
})

test('resumes that overtake one another at any moment do not show the user leave', async () => {
  const watcher = await CommsClient.join(gateway, 'watcher')
  const { sessionId, s } = await cut('ann')
  await watcher.socket.until<{ t: string }>(({ t }) => t === 'ROOM_USER_REMOVE')
  const begin = await resume('ann', sessionId, s)
  await watcher.event('ROOM_USER_ADD')
  for (let moment = 0; moment < 40; moment++) {
    const rivals = [await CommsClient.open(gateway), await CommsClient.open(gateway)]
    for (const { socket } of rivals) {
      socket.send({ f: 110, cnf: { token: tokenFor('ann'), session_id: sessionId, s } })
      for (let turn = 0; turn < moment; turn++) await setImmediate()
    }
    const { code } = await Promise.race(rivals.map(({ socket }) => socket.closed))
    assert.equal(code, 4007)
  }
  assert.equal((await begin.client.socket.closed).code, 4007)
  await emit('nobody left')
  assert.deepEqual(await contents(watcher, 1), ['nobody left'])
  await watcher.socket.close()
})

test('who is cut in the midst of a resume can resume again', async () => {
  const { sessionId, s } = await cut('ann')
  for (let attempt = 0; attempt < 20; attempt++) {
    const client = await CommsClient.open(gateway)
    client.socket.send({ f: 110, cnf: { token: tokenFor('ann'), session_id: sessionId, s } })
    await client.socket.terminate()
  }
  const { client, ready } = await resume('ann', sessionId, s)
  assert.equal(ready.resumed, true)
  await client.socket.close()
})

test('more missed than a replay holds is a gap: a new session, and no part of what was missed', async () => {
  const { sessionId, s } = await cut('ann')
  for (let i = 0; i < 21; i++) await emit(`missed ${i}`)
  const { client, ready } = await resume('ann', sessionId, s)
  assert.equal(ready.resumed, false)
  await client.event('CHANNEL_MOVE')
  await emit('live')
  assert.deepEqual(await contents(client, 1), ['live'])
  await client.socket.close()
})

test('so is more than may be told at once, and nobody who reads is closed for it', async () => {
  const own = await startTestGateway({ ...smallReplay, comms: { encryption: 'required' } })
  try {
    const ann = await CommsClient.join(own, 'ann')
    const id = ann.ready?.session_id ?? 0
    await ann.socket.terminate()
    for (let i = 0; i < 40; i++) await emit(largeText, own)
    const none = await resume('ann', id, 0, own)
    assert.equal(none.ready.resumed, false)
    await none.client.event('CHANNEL_MOVE')
    for (let i = 0; i < 5; i++) await emit(largeText, own)
    assert.equal((await contents(none.client, 5)).length, 5)
    await none.client.socket.terminate()
    const all = await resume('ann', none.ready.session_id, 40, own)
    assert.equal(all.ready.resumed, true)
    await emit('live', own)
    assert.equal((await contents(all.client, 6)).length, 6)
  } finally {
    await own.dispose()
  }
})

test('a session can be resumed for 120 seconds after its connection went, and no longer', async () => {
  const clock = new ManualClock(Date.now())
  const own = await startTestGateway({}, { clock })
  const watcher = await CommsClient.join(own, 'watcher')
  const ids: number[] = []
  for (const user of ['ann', 'bo']) {
    const client = await CommsClient.join(own, user)
    ids.push(client.ready?.session_id ?? 0)
    await client.socket.terminate()
    await watcher.socket.until<{ t: string }>(({ t }) => t === 'ROOM_USER_REMOVE')
  }
  const resumed = async (user: string, id?: number) => {
    const client = await CommsClient.open(own)
    return (await client.present({ token: tokenFor(user), session_id: id, s: 0 })).cnf.resumed
  }
  clock.advance(119_000)
  assert.equal(await resumed('ann', ids[0]), true)
  clock.advance(2000)
  assert.equal(await resumed('bo', ids[1]), false)
  await own.dispose()
})

test('a nonsense session or s is as none', async () => {
  for (const [id, s] of [
    [-1, 1],
    ['x', 1],
    [1.5, 1],
    [5, -1],
    [5, '1'],
    [null, null],
  ]) {
    const { client, ready } = await resume('ann', id, s)
    assert.equal(ready.resumed, undefined)
    await client.socket.close()
  }
})
