import type { Random } from '../ports/clock.ts'
import type { Sessions } from '../ports/core.ts'
import type { SessionStore } from '../ports/engine.ts'
import type { Log } from '../ports/log.ts'
import { hashOf } from './accounts.ts'

interface SessionTools {
  readonly store: SessionStore
  readonly random: Random
  readonly log: Log
  /** Milliseconds. */
  readonly resumeWindow: number
}

/** Sessions that outlive their connection for a while, kept by the engine so that they outlive a restart too. */
export function createSessions({ store, random, log, resumeWindow }: SessionTools): Sessions {
  function releaseFor(id: string, owner: string, ms: number): void {
    store.release(id, owner, ms).catch((error: unknown) => {
      log.warn({ err: error }, 'a session could not be released; it cannot be resumed')
    })
  }

  return {
    async open(dialect, room, userId, data, owner) {
      const id = random.id(16)
      const secret = random.id(32)
      await store.open({ id, dialect, room, userId, data }, hashOf(secret), owner)
      return { id, secret }
    },

    async keep({ id, secret, dialect, room, userId, owner, data }) {
      await store.open({ id, dialect, room, userId, data }, hashOf(secret), owner)
    },

    async claim({ id, secret, dialect, room, userId, owner }) {
      const data = await store.claim({ id, dialect, room, userId }, hashOf(secret), owner)
      return data === null ? null : { data }
    },

    release: (id, owner) => releaseFor(id, owner, resumeWindow),

    /** A session whose time is over is swept out with the others. */
    end: (id, owner) => releaseFor(id, owner, 0),
  }
}
