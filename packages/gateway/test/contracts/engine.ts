import { commitContract } from './engine/commit.ts'
import { inboxesContract } from './engine/inboxes.ts'
import { keysContract } from './engine/keys.ts'
import { logContract } from './engine/log.ts'
import { messagesContract } from './engine/messages.ts'
import { modelContract } from './engine/model.ts'
import { outboxContract } from './engine/outbox.ts'
import { positionsContract } from './engine/positions.ts'
import { roomsContract } from './engine/rooms.ts'
import { sessionsContract } from './engine/sessions.ts'
import { suite } from './engine/suite.ts'
import type { EngineUnderTest } from './engine/under-test.ts'
import { upkeepContract } from './engine/upkeep.ts'
import { usersContract } from './engine/users.ts'

/** Everything the port of engines promises, checked on the engines that `open` gives: a new, empty one each time. */
export function engineContract(name: string, open: () => Promise<EngineUnderTest>): void {
  const test = suite(name, open)
  commitContract(test)
  keysContract(test)
  logContract(test)
  positionsContract(test)
  roomsContract(test)
  messagesContract(test)
  usersContract(test)
  inboxesContract(test)
  sessionsContract(test)
  outboxContract(test)
  upkeepContract(test)
  modelContract(test)
}
