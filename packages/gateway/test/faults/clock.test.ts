import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { PartialConfig } from '../../src/app/config/schema.ts'
import { http, spawnGateway, type Target } from '../harness.ts'
import { followers, room, said } from './support/follower.ts'
import { type KeyedAct, keyedActs } from './support/keyed-acts.ts'
import { lacks } from './support/needs.ts'
import { times } from './support/scale.ts'
import { type Guest, type Protocol, protocols, waysIn } from './support/ways-in.ts'
import { emit, makeRoom, storyOf, unlimited } from './support/writing.ts'

/** Where Debian keeps it; the program `faketime` would set one time for good, and this reads it from a file each time. */
const library = '/usr/$LIB/faketime/libfaketime.so.1'

/** Whoever is silent is gone after four intervals; whoever answers has three to do so, on a busy machine too. */
const interval = 400
const grace = 3 * interval
const silence = interval + grace
/** More than any machine needs, and less than a jump. */
const patience = 20_000

/** What each protocol closes the silent with. */
const codes: Readonly<Record<Protocol, number>> = {
  rooms: 4008,
  comms: 4001,
  channels: 4408,
  messenger: 4008,
  services: 4007,
}

test('a jump of the wall clock by an hour, forth and back, ends no session, no key and no connection but those of the silent, and ids go on rising', {
  skip: lacks('faketime'),
}, async () => {
  const timeFile = (data: string) => join(data, 'time')
  const config: PartialConfig = {
    ...unlimited,
    rooms: { ...unlimited.rooms, heartbeatInterval: interval, heartbeatGrace: grace },
    comms: { heartbeatInterval: interval, grace },
    channels: { pingInterval: interval, pongTimeout: grace },
    messenger: { pingInterval: interval, pongTimeout: grace },
    services: { heartbeatInterval: silence / 2 },
  }
  const gateway = await spawnGateway(config, (data) => {
    writeFileSync(timeFile(data), '+0')
    return {
      env: {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: timeFile(data),
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    }
  })
  try {
    await makeRoom(gateway, ['ann', 'bob'])
    const all = Object.values(followers)
    const staying = all.map((Follower) => new Follower(gateway, 'bob'))
    const returning = all.map((Follower) => new Follower(gateway, 'bob'))
    const following = [...staying, ...returning]
    for (const follower of following) await follower.connect()
    const service = await waysIn.services(gateway, 'bob', silence / 2)
    service.beatEvery(silence / 4)
    const story = [said.created('the room is made')]
    const say = async (content: string) => {
      story.push(said.created(content))
      await emit(gateway, content)
      for (const follower of following) await follower.until(() => follower.heard.at(-1) === content)
    }
    await say('before')
    const before = await newest(gateway)
    // Back first: an hour ahead, the tokens of these clients have rightly ended.
    const jumps = ['-1h', '+59m', '-1h', '+0'].slice(0, times(2, 4))
    for (const [index, jump] of jumps.entries()) {
      const answers: unknown[] = []
      const acts: KeyedAct[] = []
      for (const [name, prepare] of Object.entries(keyedActs)) {
        const act = await prepare(gateway, `${name}, before jump ${index}`)
        acts.push(act)
        story.push(...act.log)
        answers.push(await act.ask())
      }
      const silent: (readonly [Protocol, Guest])[] = []
      for (const protocol of protocols) {
        silent.push([protocol, await waysIn[protocol](gateway, 'bob', silence / 2)])
      }
      for (const follower of returning) await follower.cut()
      writeFileSync(timeFile(gateway.data), jump)
      for (const follower of returning) await follower.connect()
      const again: unknown[] = []
      for (const act of acts) again.push(await act.ask())
      assert.deepEqual(again, answers, 'a key still stands for what it did')
      for (const act of acts) await act.happenedOnce?.()
      await say(`after jump ${index}`)
      const { id, sentAt } = await newest(gateway)
      assert.ok(id > before.id, 'ids rise')
      const jumped = Math.round((sentAt - before.sentAt) / 60_000)
      assert.equal(jumped, { '-1h': -60, '+59m': 59, '+0': 0 }[jump], 'the clock did jump')

      const late = pause(patience, null, { ref: false })
      for (const [protocol, { closed }] of silent) {
        const closing = await Promise.race([closed, late])
        assert.equal(closing?.code, codes[protocol], `${protocol}: the silent one is closed`)
      }
      await say(`long after jump ${index}`)
      assert.equal(service.socket.readyState, service.socket.OPEN, 'a service that beats stays')
    }
    assert.deepEqual(await storyOf(gateway), story)
    const kept = new Set(story)
    const created = story.filter((word) => word.startsWith(said.created(''))).slice(1)
    for (const { protocol, heard, gaps } of following) {
      const words = heard.map(said.created).filter((word) => kept.has(word))
      assert.deepEqual([words, gaps], [created, 0], protocol)
    }
  } finally {
    await gateway.dispose()
  }
})

async function newest(target: Target): Promise<{ id: number; sentAt: number }> {
  const { body } = await http(target, 'GET', `/${room}/history?limit=1`)
  const [{ at }] = body.history
  const page = await http(target, 'GET', `/api/rooms/${room}/messages?limit=1`)
  return { id: page.body.messages[0].id, sentAt: at }
}
