import type { RoomEvent } from '../model/event.ts'
import type { Clock, Random } from '../ports/clock.ts'
import type { Outbound } from '../ports/connection.ts'
import type { Core } from '../ports/core.ts'
import type { Engine } from '../ports/engine.ts'
import type { Log, Metrics } from '../ports/log.ts'
import { createAccounts } from './accounts.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { Acquaintance } from './acquaintance.ts'
import { Acts } from './acts.ts'
import { createAttendance } from './attendance.ts'
import { Bans } from './bans.ts'
import { createChat } from './chat.ts'
import { createData } from './data.ts'
import { Hub } from './hub.ts'
import { createMail } from './mail.ts'
import { createMemberships } from './memberships.ts'
import { GuessLimit } from './passwords.ts'
import { Rate } from './rate.ts'
import { Readers } from './readers.ts'
import { createReceipts } from './receipts.ts'
import { createRooms } from './rooms.ts'
import { createSessions } from './sessions.ts'
import type { CoreSettings } from './settings.ts'
import { startUpkeep } from './upkeep.ts'

export interface CoreOptions {
  readonly engine: Engine
  readonly outbound: Outbound
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly settings: CoreSettings
}

export interface RunningCore extends Core {
  /** From now on nobody is let into a room. */
  drain(): void
  /** Ends what waits and stops upkeep. The engine stays open. */
  stop(): Promise<void>
  /** Calls whenever something was put into the outbox. */
  onDelivery(call: () => void): void
}

/** What happens: rooms, messages, presence, acknowledgements and sessions, in the words of no dialect. */
export function createCore({
  engine,
  outbound,
  clock,
  random,
  log,
  metrics,
  settings,
}: CoreOptions): RunningCore {
  let draining = false
  let delivered = (): void => {}
  const hub = new Hub(outbound)
  const readers = new Readers()
  engine.listen((event, mailing) => {
    metrics.count('events_total')
    hub.publish(event)
    if (mailing !== undefined) readers.mail({ event, dialog: mailing.dialog }, mailing.to)
  })

  const acts = new Acts(engine, clock, random, () => delivered())
  const acknowledgements = new Acknowledgements(clock, settings.ackTimeout, (room, member) =>
    hub.isThere(room, member),
  )
  const publishing = new Rate(clock, settings.publishing)
  const joining = new Rate(clock, settings.joining)
  const rooms = createRooms({
    engine,
    acts,
    random,
    joining,
    publishing,
    guesses: new GuessLimit(clock, settings.guessing),
    maxParticipants: settings.maxParticipants,
  })
  const attendance = createAttendance({
    hub,
    rooms,
    log: engine.log,
    clock,
    random,
    replayLimit: settings.replayLimit,
    replayBytes: settings.replayBytes,
    roomsPerConnection: settings.roomsPerConnection,
    draining: () => draining,
    publish,
  })
  const mail = createMail({
    inboxes: engine.inboxes,
    memberships: engine.memberships,
    rooms,
    readers,
    clock,
    random,
    log,
    replayLimit: settings.replayLimit,
    replayBytes: settings.replayBytes,
    draining: () => draining,
    publish,
  })
  function publish(event: RoomEvent, exceptMember?: string): void {
    hub.publish(event, exceptMember)
    mail.overhear(event)
  }
  const stopUpkeep = startUpkeep({
    engine,
    rooms,
    clock,
    log,
    settings,
    occupied: ({ id }) => hub.room(id) !== undefined,
  })

  metrics.gauge('rooms_attended', 'Rooms somebody is connected to here.', () => hub.roomCount)
  metrics.gauge('inboxes_followed', 'Users whose inboxes are followed here.', () => readers.size)
  metrics.gauge(
    'acknowledgements_awaited',
    'Emits that wait for acknowledgements.',
    () => acknowledgements.size,
  )

  return {
    accounts: createAccounts({
      settings: settings.accounts,
      rooms: engine.rooms,
      users: engine.users,
      clock,
      bans: new Bans(engine.users, outbound, clock),
      acquaintance: new Acquaintance(engine.users, log),
    }),
    rooms,
    chat: createChat({ acts, messages: engine.messages, rooms, publishing }),
    data: createData({
      acts,
      hub,
      rooms,
      log: engine.log,
      acknowledgements,
      publishing,
      clock,
      random,
      repeatWindow: settings.repeatWindow,
    }),
    receipts: createReceipts(acts, engine.receipts),
    attendance,
    mail,
    memberships: createMemberships({
      engine,
      acts,
      rooms,
      random,
      joining,
      publishing,
      reachable: settings.reachable,
    }),
    sessions: createSessions({
      store: engine.sessions,
      random,
      log,
      resumeWindow: settings.resumeWindow,
    }),
    drain() {
      draining = true
    },
    async stop() {
      acknowledgements.stop()
      await stopUpkeep()
    },
    onDelivery(call) {
      delivered = call
    },
  }
}
