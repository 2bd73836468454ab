import { Worker } from 'node:worker_threads'
import type { DurableEvent } from '../../model/event.ts'
import { Problem } from '../../model/problem.ts'
import type { Clock, Random } from '../../ports/clock.ts'
import type { Engine, Outcome } from '../../ports/engine.ts'
import type { Mailing } from '../../ports/inbox-store.ts'
import type { Log } from '../../ports/log.ts'
import { BatchQueue } from './batch-queue.ts'
import type { Answer, Call, Report, Request } from './calls.ts'
import { createEntityStore } from './entity-store.ts'
import { problemOf } from './refusal.ts'
import { defaultStoreSettings, type StoreSettings } from './settings.ts'
import type { StoreOptions } from './store.ts'
import type { Trimmed } from './trim.ts'

export interface EmbeddedEngineOptions {
  /** Of the SQLite file, in a folder that is there. The file is made when it is not. */
  readonly path: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly settings?: StoreSettings
}

const anySize = Number.MAX_SAFE_INTEGER

/**
 * The engine of one process: a SQLite file, kept by a worker thread so that no disk makes the event loop wait. Rejects with
 * `store_failed` and a sentence when the store cannot be had: it is another process's, or a newer version's.
 */
export async function openEmbeddedEngine({
  path,
  clock,
  random,
  log,
  settings: { longestQueue, ...kept } = defaultStoreSettings,
}: EmbeddedEngineOptions): Promise<Engine> {
  const time = timeFrom(clock)
  const options: StoreOptions = { path, run: random.id(12), now: time(), ...kept }
  const worker = new Worker(workerUrl, { workerData: options, name: 'store' })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let hear = (_event: DurableEvent, _mailing?: Mailing): void => {}
  let closing = false

  const post = (request: Request): void => worker.postMessage(JSON.stringify(request))

  const queue = new BatchQueue({
    longest: longestQueue,
    send: (calls) => post(calls),
    review(calls, answers) {
      for (const [index, call] of calls.entries()) announce(call, answers[index])
      report(answers)
    },
  })

  function announce([name]: Call, answer: Answer | undefined): void {
    if (name !== 'commit' || answer === undefined || 'refused' in answer) return
    const { event, mailing, repeated } = answer.value as Outcome
    if (event === null || repeated) return
    try {
      hear(event, mailing)
    } catch (error) {
      log.error({ err: error, kind: event.body.kind }, 'the listener of the engine failed with an event')
    }
  }

  /** Once per batch and reason, as a full disk refuses everything. */
  function report(answers: readonly Answer[]): void {
    const causes = new Set(answers.map((answer) => ('refused' in answer ? answer.cause : undefined)))
    for (const cause of causes) {
      if (cause !== undefined) log.error({ path, cause }, 'the store could not do what was asked')
    }
  }

  await opened(worker)
  worker.on('message', (answers: string) => queue.answer(JSON.parse(answers)))
  worker.on('error', (error) => log.error({ err: error, path }, 'the thread of the store failed'))
  worker.once('exit', () => {
    if (!closing) log.error({ path }, 'the store is closed for good; the gateway must be started anew')
    queue.fail(new Problem(closing ? 'going_down' : 'store_failed'))
  })

  return {
    commit: (act) => queue.call('commit', act, time()),
    check: () => queue.call('check'),
    listen(listener) {
      hear = listener
    },
    log: {
      head: (room) => queue.read('head', room),
      since: (room, position, limit, bytes = anySize) => queue.read('since', room, position, limit, bytes),
      find: (room, eventId) => queue.read('find', room, eventId),
      page: (room, before, limit) => queue.call('page', room, before, limit),
      pageAfter: (room, position, limit) => queue.call('pageAfter', room, position, limit),
    },
    rooms: {
      get: (room) => queue.read('room', room),
      participants: (room) => queue.call('participants', room),
      participant: (room, userId) => queue.call('participant', room, userId),
      byCredential: (room, credentialHash) => queue.call('participantByCredential', room, credentialHash),
      count: () => queue.call('countRooms'),
    },
    messages: {
      byId: (room, id) => queue.call('messageById', room, id),
      get: (room, number) => queue.call('message', room, number),
      page: (room, before, limit) => queue.call('messages', room, before, limit),
    },
    receipts: {
      steps: (room, from, to) => queue.call('receiptSteps', room, from, to),
    },
    memberships: {
      page: (userId, after, limit) => queue.call('membershipsPage', userId, after, limit),
      get: (userId, room) => queue.call('membership', userId, room),
      peers: (userId, limit) => queue.call('peers', userId, limit),
      share: (one, other) => queue.call('shareRoom', one, other),
    },
    inboxes: {
      open: (userId) => queue.call('openInbox', userId),
      head: (userId) => queue.call('inboxHead', userId),
      epoch: () => queue.call('inboxEpoch'),
      since: (userId, after, limit, epoch = null, bytes = anySize) =>
        queue.call('inboxSince', userId, after, limit, epoch, bytes),
      get: (userId, id) => queue.call('inboxItem', userId, id),
      readers: (room) => queue.call('readers', room),
    },
    users: {
      seen: (user) => queue.call('userSeen', user),
      get: (userId) => queue.call('user', userId),
      ban: (userId, at, reason) => queue.call('banUser', userId, at, reason),
      banned: () => queue.call('bannedUsers'),
    },
    sessions: {
      open: (session, secretHash, owner) => queue.call('openSession', session, secretHash, owner),
      claim: (wanted, secretHash, owner) => queue.call('claimSession', wanted, secretHash, owner, time()),
      release: (id, owner, ms) => queue.call('releaseSession', id, owner, time() + ms),
    },
    outbox: {
      due: (now, limit) => queue.call('dueDeliveries', now, limit),
      nextDue: () => queue.call('nextDelivery'),
      done: (id) => queue.call('deliveryDone', id),
      postpone: (id, attempts, partsSent, dueAt) =>
        queue.call('postponeDelivery', id, attempts, partsSent, dueAt),
      bury: (id, reason) => queue.call('buryDelivery', id, reason),
      dead: (limit) => queue.call('deadDeliveries', limit),
    },
    entities: createEntityStore(queue),
    upkeep: {
      async trim(now, retention) {
        let events = 0
        for (let after: number | null = 0; after !== null; ) {
          const slice: Trimmed = await queue.call('trim', after, now, retention)
          events += slice.events
          after = slice.next
        }
        while (await queue.call('sweep', time(), now));
        return events
      },
      idle: (before, limit) => queue.call('idleRooms', before, limit),
    },
    async close() {
      closing = true
      await queue.finish()
      post('close')
      await exited
    },
  }
}

/**
 * The wall clock as it is now, moved on by the monotonic one alone. What outlives the process can be counted by nothing but a wall clock;
 * read once, its jumps end no session and no key before the next opening.
 */
function timeFrom(clock: Clock): () => number {
  const start = clock.now() - clock.monotonic()
  return () => Math.floor(start + clock.monotonic())
}

/** Beside this module, as source and as built. */
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

async function opened(worker: Worker): Promise<void> {
  const report = await new Promise<Report>((resolve, reject) => {
    worker.once('message', (text: string) => resolve(JSON.parse(text)))
    worker.once('error', reject)
  })
  if (typeof report === 'object' && 'refused' in report) throw problemOf(report)
}
