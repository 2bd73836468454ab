import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createMemberships } from './memberships.ts'
import { migrate } from './migrations.ts'
import { RoomStates } from './room-states.ts'

const chats = 1000

/** A store in memory in which one user is in many rooms, each with messages of another and what came after them. */
function storeOfManyChats(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  migrate(db, ':memory:')
  db.exec(`
    WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${chats})
    INSERT INTO rooms (key, id, access, lasting, last_active_at, room, head_seq, head_number, head_message_seq)
      SELECT n, 'room-' || n, 'members', 1, n, json_object('id', 'room-' || n, 'access', 'members'), 3, 2, 2 FROM n;
    INSERT INTO participants (room, user_id, name, color, admin, banned, joined_seq)
      SELECT rooms.key, user.value, user.value, '', 0, 0, 0 FROM rooms, json_each('["ann", "bob"]') AS user;
    INSERT INTO events (room, seq, id, run, at, kind, author, number, message_id, wants_ack, body)
      SELECT rooms.key, seq.value, rooms.key || '-' || seq.value, 1, 1, iif(seq.value = 3, 'data.emitted', 'message.created'),
        iif(seq.value = 3, NULL, 'bob'), min(seq.value, 2), min(seq.value, 2), 0,
        json_object('message', json_object('number', seq.value))
      FROM rooms, json_each('[1, 2, 3]') AS seq;
  `)
  return db
}

test('a page of a user’s chats is one query, however many there are', () => {
  const db = storeOfManyChats()
  let queries = 0
  const watched = {
    prepare(sql: string) {
      const statement = db.prepare(sql)
      for (const name of ['all', 'get', 'run', 'iterate'] as const) {
        const execute = statement[name].bind(statement) as (...values: never[]) => unknown
        Object.assign(statement, {
          [name]: (...values: never[]) => {
            queries++
            return execute(...values)
          },
        })
      }
      return statement
    },
  } as unknown as DatabaseSync
  const memberships = createMemberships(watched, new RoomStates(watched))

  const all = memberships.page('ann', null, chats)
  assert.equal(queries, 1)
  assert.deepEqual(
    all.map(({ room, lastMessage, unread, participants }) => [
      room.id,
      lastMessage?.number,
      unread,
      participants,
    ]),
    Array.from({ length: chats }, (_, index) => [`room-${chats - index}`, 2, 2, 2]),
  )

  queries = 0
  const following = memberships.page('ann', 'room-501', 50)
  assert.equal(following[0]?.room.id, 'room-500')
  assert.equal(following.length, 50)
  assert.equal(queries, 3, 'the room it begins after, the place of that, and the page')
  db.close()
})
