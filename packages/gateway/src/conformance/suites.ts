import { channelsSuite } from './corpus/channels/suite.ts'
import { commsSuite } from './corpus/comms/suite.ts'
import { messengerSuite } from './corpus/messenger/suite.ts'
import { roomsSuite } from './corpus/rooms/suite.ts'
import { servicesSuite } from './corpus/services/suite.ts'
import type { DialectName, Suite } from './scenario.ts'

export const suites: Readonly<Record<DialectName, Suite>> = {
  rooms: roomsSuite,
  comms: commsSuite,
  channels: channelsSuite,
  messenger: messengerSuite,
  services: servicesSuite,
}

export function isDialectName(name: string): name is DialectName {
  return Object.hasOwn(suites, name)
}
