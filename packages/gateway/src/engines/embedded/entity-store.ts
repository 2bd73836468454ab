import type { EntityStore } from '../../ports/entities.ts'
import type { BatchQueue } from './batch-queue.ts'
import { putOf } from './entities.ts'

/** The port of entities, asked through the queue. */
export function createEntityStore(queue: BatchQueue): EntityStore {
  return {
    put: (entities) => queue.call('putEntities', entities.map(putOf)),
    get: (key) => queue.call('entity', key),
    list: (guildID, kind, after, limit) => queue.call('entitiesOfGuild', guildID, kind, after, limit),
    voiceStates: (guildID, channelID, after, limit) =>
      queue.call('voiceStates', guildID, channelID, after, limit),
    async remove(key) {
      // In slices, each a transaction of its own, so that others are served in between; the guild itself goes last.
      if (key.kind === 'guild') while (await queue.call('clearGuild', key.id));
      return queue.call('removeEntity', key)
    },
    count: (kind) => queue.call('countEntities', kind),
  }
}
