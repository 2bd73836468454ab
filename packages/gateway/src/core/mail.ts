import { dialogId, dialogPair } from '../model/dialog.ts'
import type { RoomEvent } from '../model/event.ts'
import { Problem } from '../model/problem.ts'
import type { RoomId } from '../model/room.ts'
import { isRoomAdmin } from '../model/rules/access.ts'
import type { Clock, Random } from '../ports/clock.ts'
import type { Rooms } from '../ports/core.ts'
import type { InboxItem, InboxStore } from '../ports/inbox-store.ts'
import type { Log } from '../ports/log.ts'
import type { Mail, MailReader, MailSpeech, MailWelcome } from '../ports/mail.ts'
import type { MembershipStore } from '../ports/membership-store.ts'
import { memberIdOf } from './member-id.ts'
import { Online } from './online.ts'
import { Reader, type Readers } from './readers.ts'

interface MailTools {
  readonly inboxes: InboxStore
  readonly memberships: MembershipStore
  readonly rooms: Rooms
  readonly readers: Readers
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** The most items a subscription replays. */
  readonly replayLimit: number
  /** The most bytes of them, counted as `EventLog.since` does. */
  readonly replayBytes: number
  readonly draining: () => boolean
  /** Tells those who attend a room, and then `overhear`. */
  readonly publish: (event: RoomEvent, exceptMember?: string) => void
}

/** The most users who are told that someone came or went. */
const acquaintances = 10_000

type Missed = MailWelcome & { readonly items: readonly InboxItem[] }

const nothing: Missed = { head: 0, epoch: '', oldest: null, items: [] }

/** Brings users what their rooms have for them: what they missed, what happens now, who is there and who is writing. */
export function createMail(tools: MailTools): Mail & { overhear(event: RoomEvent): void } {
  const { inboxes, memberships, rooms, readers, clock, random, log, replayLimit, replayBytes } = tools
  const opened = new Set<string>()
  const online = new Online(tellPeers, log)

  async function tellPeers(userId: string, isOnline: boolean): Promise<void> {
    if (readers.size === 0 || tools.draining()) return
    const peers = await memberships.peers(userId, acquaintances)
    readers.notify({ kind: isOnline ? 'online' : 'offline', userId, at: clock.now() }, peers)
  }

  /** What passes in rooms and concerns users who do not attend them. */
  function overhear({ room, at, body }: RoomEvent): void {
    if (body.kind === 'presence.joined' && body.member.userId !== null) online.show(body.member.userId)
    if (body.kind === 'presence.left' && body.member.userId !== null) online.hide(body.member.userId)
    if (body.kind === 'typing' && body.member.userId !== null && readers.size > 0) {
      tellTyping(room, body.member.userId, at).catch((error: unknown) => {
        log.warn({ err: error }, 'others could not be told who is typing')
      })
    }
  }

  async function tellTyping(room: RoomId, userId: string, at: number): Promise<void> {
    const { dialog, userIds } = await inboxes.readers(room)
    const others = userIds.filter((id) => id !== userId)
    readers.notify({ kind: 'typing', userId, room, dialog, at }, others)
  }

  async function replay(userId: string, after: number | null, told: string | undefined): Promise<Missed> {
    const epoch = await inboxes.epoch()
    if (after === null) return { head: await inboxes.head(userId), epoch, oldest: null, items: [] }
    const { head, items, oldest } = await inboxes.since(userId, after, replayLimit, told, replayBytes)
    if (after > head && told === undefined) throw new Problem('unknown_event')
    return items === null ? { head, epoch, oldest, items: [] } : { head, epoch, oldest: null, items }
  }

  function reader(userId: string, connection: Reader['connection'], speech: MailSpeech): MailReader {
    const own = new Reader(userId, connection, speech)
    let subscribed = false
    let shown = false
    let left = false

    const setShown = (wanted: boolean): void => {
      if (wanted === shown) return
      shown = wanted
      if (wanted) online.show(userId)
      else online.hide(userId)
    }

    /** Runs in one turn, so that nothing is heard between the greeting, what was missed and what is live. */
    function settle({ items, ...welcome }: Missed, greet: (welcome: MailWelcome) => void): void {
      const gathered = own.backlog ?? []
      own.backlog = null
      greet(welcome)
      for (const item of items) {
        const text = speech.letter(item)?.({ userId, id: item.id })
        if (text !== undefined) connection.send(text)
      }
      for (const { id, text } of gathered) if (id === null || id > welcome.head) connection.send(text)
    }

    return {
      async subscribe(after, epoch, greet) {
        if (tools.draining()) throw new Problem('going_down')
        own.backlog ??= []
        readers.add(own)
        try {
          const missed = await replay(userId, after, epoch)
          if (left) return
          settle(missed, greet)
          subscribed = true
          setShown(true)
        } catch (error) {
          if (subscribed) settle(nothing, () => {})
          else readers.remove(own)
          throw error
        }
      },
      doing(eventId) {
        own.doing = eventId
      },
      away: () => setShown(false),
      back: () => setShown(subscribed && !left),
      leave() {
        left = true
        readers.remove(own)
        setShown(false)
      },
    }
  }

  return {
    overhear,
    reader,
    isOnline: (userId) => online.has(userId),

    async open(userId) {
      if (opened.has(userId)) return
      await inboxes.open(userId)
      if (opened.size >= 10_000) opened.clear()
      opened.add(userId)
    },

    async item(userId, id) {
      const [head, item] = await Promise.all([inboxes.head(userId), inboxes.get(userId, id)])
      if (id < 1 || id > head) throw new Problem('unknown_event')
      if (item === null) throw new Problem('gap')
      return item
    },

    async items(userId, after, limit, epoch) {
      const { head, items } = await inboxes.since(userId, after, limit, epoch)
      if (after > head && epoch === undefined) throw new Problem('unknown_event')
      if (head - after > limit) throw new Problem('too_many_events')
      if (items === null) throw new Problem('gap')
      return items
    },

    async typing(room, actor) {
      const { participant } = await rooms.enter(room, actor)
      const member = {
        id: memberIdOf(room, actor, random),
        userId: actor.userId,
        name: participant?.name ?? actor.name,
        admin: isRoomAdmin(actor, participant),
        presence: '{}',
      }
      const id = `evt_${random.id(16)}`
      tools.publish({ id, room, seq: null, at: clock.now(), body: { kind: 'typing', member } }, member.id)
    },

    typingTo(other, { userId }) {
      const dialog = dialogPair(userId, other)
      readers.notify({ kind: 'typing', userId, room: dialogId(userId, other), dialog, at: clock.now() }, [
        other,
      ])
    },
  }
}
