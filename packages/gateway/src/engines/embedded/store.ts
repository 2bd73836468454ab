import type { DatabaseSync } from 'node:sqlite'
import type { Position } from '../../model/position.ts'
import type { Room } from '../../model/room.ts'
import { createCommit } from './commit.ts'
import { openDatabase, query } from './database.ts'
import { createDeliveries } from './deliveries.ts'
import { createEntities } from './entities.ts'
import { Epochs } from './epochs.ts'
import { Inboxes } from './inboxes.ts'
import { createKeys } from './keys.ts'
import { createRoomLogs } from './log.ts'
import { createMemberships } from './memberships.ts'
import { MessageIds } from './message-ids.ts'
import { createMessages } from './messages.ts'
import { migrate } from './migrations.ts'
import { createParticipants } from './participants.ts'
import { createReceipts } from './receipts.ts'
import { type RoomRow, RoomStates, roomFrom } from './room-states.ts'
import { createSessions } from './sessions.ts'
import type { StoreSettings } from './settings.ts'
import { createSweep } from './sweep.ts'
import { Trial } from './trial.ts'
import { createTrim } from './trim.ts'
import { createUsers } from './users.ts'

export interface StoreOptions extends Omit<StoreSettings, 'longestQueue'> {
  readonly path: string
  /** A name for this run that no other has. */
  readonly run: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What can be asked of the store by name; the names of the two never clash. */
export type Writes = ReturnType<typeof createWrites>
export type Reads = ReturnType<typeof createReads>

export interface Store {
  /** Each to be called inside `transaction`. */
  readonly writes: Writes
  readonly reads: Reads
  /** Runs `write` in a transaction. If it throws, or the commit does, everything is as before. */
  transaction<Result>(write: () => Result): Result
  close(): void
}

/** Opens the store of one gateway. Throws `store_failed` with a sentence when it cannot be had. */
export function openStore({ path, ...options }: StoreOptions): Store {
  const db = openDatabase(path)
  try {
    migrate(db, path)
    return createStore(db, options)
  } catch (error) {
    db.close()
    throw error
  }
}

/** The store on a database that is open and of this version. */
export function createStore(db: DatabaseSync, options: Omit<StoreOptions, 'path'>): Store {
  const parts = createParts(db, options)
  const pending = [parts.rooms, parts.messageIds, parts.inboxes, parts.trial]
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')

  return {
    writes: createWrites(db, parts, options.repeatWindow),
    reads: createReads(db, parts),

    transaction(write) {
      try {
        begin.run()
        const result = write()
        for (const part of pending) part.flush()
        commit.run()
        for (const part of pending) part.committed()
        return result
      } catch (error) {
        for (const part of pending) part.rolledBack()
        // A full disk may already have ended the transaction.
        if (db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
    },

    close() {
      // SQLite checkpoints as the last connection goes; where it cannot (a full disk), the next opening reads the WAL.
      db.close()
    },
  }
}

type Parts = ReturnType<typeof createParts>

function createParts(db: DatabaseSync, options: Omit<StoreOptions, 'path'>) {
  const { run, now, repeatWindow, resumeWindow, keptItems } = options
  const epochs = new Epochs(db, run, now)
  const rooms = new RoomStates(db)
  const messages = createMessages(db)
  return {
    epochs,
    rooms,
    participants: createParticipants(db),
    messages,
    inboxes: new Inboxes(db, rooms, epochs, keptItems),
    memberships: createMemberships(db, rooms),
    messageIds: new MessageIds(db),
    deliveries: createDeliveries(db),
    log: createRoomLogs(db, rooms, epochs),
    keys: createKeys(db, rooms, messages, repeatWindow),
    receipts: createReceipts(db),
    users: createUsers(db),
    entities: createEntities(db),
    sessions: createSessions(db, now + resumeWindow),
    trial: new Trial(db),
  }
}

function createWrites(db: DatabaseSync, parts: Parts, repeatWindow: number) {
  const { deliveries, entities, inboxes, sessions, trial, users } = parts
  return {
    commit: createCommit(parts),
    openSession: sessions.open,
    claimSession: sessions.claim,
    releaseSession: sessions.release,
    deliveryDone: deliveries.done,
    postponeDelivery: deliveries.postpone,
    buryDelivery: deliveries.bury,
    userSeen: users.seen,
    openInbox: (userId: string) => inboxes.open(userId),
    banUser: users.ban,
    putEntities: entities.put,
    removeEntity: entities.remove,
    clearGuild: entities.clearSome,
    trim: createTrim(db, parts.receipts),
    sweep: createSweep(db, repeatWindow),
    check: () => trial.check(),
  }
}

function createReads(db: DatabaseSync, parts: Parts) {
  const { rooms, participants, messages, receipts, users, inboxes, memberships, deliveries, entities, log } =
    parts
  const countRooms = query<{ count: number }>(db, 'SELECT count(*) AS count FROM rooms')
  const idleRooms = query<RoomRow>(
    db,
    'SELECT last_active_at, room FROM rooms WHERE last_active_at < ? AND lasting = 0 LIMIT ?',
  )

  function inRoom<Answer>(id: string, otherwise: Answer, read: (key: number) => Answer): Answer {
    const state = rooms.get(id)
    return state === null ? otherwise : read(state.key)
  }

  return {
    head: log.head,
    since: (room: string, position: Position, limit: number, bytes: number) =>
      log.since(room, position, limit, bytes),
    find: log.find,
    page: log.page,
    pageAfter: log.pageAfter,
    room: (id: string): Room | null => rooms.get(id)?.room ?? null,
    participants: (room: string) => inRoom(room, [], participants.all),
    participant: (room: string, userId: string) => inRoom(room, null, (key) => participants.get(key, userId)),
    participantByCredential: (room: string, credentialHash: string) =>
      inRoom(room, null, (key) => participants.byCredential(key, credentialHash)),
    countRooms: () => countRooms.get()?.count ?? 0,
    message: (room: string, number: number) => inRoom(room, null, (key) => messages.get(key, number)),
    messages: (room: string, before: number | null, limit: number) =>
      inRoom(room, [], (key) => messages.page(key, before, limit)),
    messageById: (room: string, id: number) => inRoom(room, null, (key) => messages.byId(key, id)),
    receiptSteps: (room: string, from: number, to: number) =>
      inRoom(room, [], (key) => receipts.steps(key, from, to)),
    membershipsPage: memberships.page,
    membership: memberships.get,
    peers: memberships.peers,
    shareRoom: memberships.share,
    inboxHead: (userId: string) => inboxes.head(userId),
    inboxEpoch: () => inboxes.epoch(),
    inboxSince: (userId: string, after: number, limit: number, epoch: string | null, bytes: number) =>
      inboxes.since(userId, after, limit, epoch, bytes),
    inboxItem: (userId: string, id: number) => inboxes.get(userId, id),
    readers: (room: string) => inboxes.readers(room),
    user: users.get,
    bannedUsers: users.banned,
    dueDeliveries: deliveries.due,
    nextDelivery: deliveries.nextDue,
    deadDeliveries: deliveries.dead,
    entity: entities.get,
    entitiesOfGuild: entities.list,
    voiceStates: entities.voiceStates,
    countEntities: entities.count,
    idleRooms: (before: number, limit: number) => idleRooms.all(before, limit).map(roomFrom),
  }
}
