import type { PartialConfig } from '../../src/app/config/schema.ts'

const kilobyte = 1024

/** Where 40 messages of 2 kB are more than one may leave unread, and five of them less than may be replayed at once. */
export const smallReplay = {
  limits: { softBacklog: 64 * kilobyte, hardBacklog: 64 * kilobyte },
  sessions: { replayBytes: 32 * kilobyte },
} satisfies PartialConfig

export const largeText = 'x'.repeat(2 * kilobyte)
