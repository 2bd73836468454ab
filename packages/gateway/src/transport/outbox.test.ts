import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Backlogs } from './backlogs.ts'
import { defaultLimits } from './limits.ts'
import { Outbox } from './outbox.ts'
import type { Turn } from './turn.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** A socket that has taken its first bytes and takes no more. */
function standing(): { socket: Socket; turn: Turn; endTurn(): void } {
  const dirty = new Set<{ flush(): void }>()
  return {
    socket: {
      destroyed: false,
      writableLength: 1,
      writableNeedDrain: true,
      write: () => false,
      once() {},
    } as unknown as Socket,
    turn: { flushAtEnd: (outbox: Outbox) => dirty.add(outbox) } as unknown as Turn,
    endTurn() {
      for (const outbox of dirty) outbox.flush()
      dirty.clear()
    },
  }
}

/** What Node keeps of array buffers once those that nobody refers to have gone, in bytes. */
function arrayBuffers(): number {
  collectGarbage()
  // What was found to be garbage by the first is given back by the second.
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

for (const size of [100, 1000, 16_000, 40_000]) {
  test(`what waits for who stands still takes the memory that is counted, and some blocks: frames of ${size} bytes`, () => {
    const { socket, turn, endTurn } = standing()
    const backlogs = new Backlogs(new ManualClock(), defaultLimits)
    const outbox = new Outbox(socket, { writable: true, tooSlow() {} }, turn, backlogs)
    const before = arrayBuffers()
    while (outbox.backlog < 4_000_000) {
      outbox.push(Buffer.allocUnsafe(size))
      // What others are sent meanwhile is cut from the same blocks.
      Buffer.allocUnsafe(20_000)
      endTurn()
    }
    const held = arrayBuffers() - before
    const most = outbox.backlog + 20 * Buffer.poolSize
    assert.ok(held < most, `${held} bytes are held for ${outbox.backlog} that are counted`)
  })
}
