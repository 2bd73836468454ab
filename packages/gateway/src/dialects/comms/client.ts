import { randomBytes } from 'node:crypto'
import type { Member } from '../../model/event.ts'
import { system } from '../../model/participant.ts'
import type { Position } from '../../model/position.ts'
import { asProblem, Problem } from '../../model/problem.ts'
import type { Room, RoomId } from '../../model/room.ts'
import type { Connection } from '../../ports/connection.ts'
import type { Attendee, Core, Ending, Speech, User, Welcome } from '../../ports/core.ts'
import { Cipher } from './cipher.ts'
import { type CommsError, replaced } from './errors.ts'
import { moveFrame, readyFrame, serverMessageFrame } from './frames.ts'
import type { CommsOptions } from './options.ts'
import type { Holder, Place, SessionKeeper } from './session-keeper.ts'
import { encryptedSpeech, plainSpeech } from './speech.ts'

interface ClientTools {
  readonly core: Core
  readonly options: CommsOptions
  readonly sessions: SessionKeeper
  /** Does this when all that was asked before is done. */
  readonly later: (step: () => Promise<void>) => void
  /** Tells the client why, ends its connection and departs. */
  readonly fail: (error: CommsError) => void
}

/** Someone who has presented themselves: in one channel at a time, or in none. */
export class Client implements Holder {
  readonly user: User
  readonly cipher: Cipher | null
  readonly #connection: Connection
  readonly #tools: ClientTools
  readonly #key = randomBytes(32)
  readonly #speech: Speech
  #room: Room | null = null
  #attendee: Attendee | null = null
  #sessionId = 0
  #greeted = false
  /** It has asked the store for a session and does not know yet whether it has it. */
  #claiming = false
  /** A newer connection has asked for the same session meanwhile. */
  #superseded = false
  /** The stay of the connection that had the session before, to be left when this one is in. */
  #inherited: Attendee | null = null
  /** As the store has the session; null: it has not. */
  #kept: Place | null = null

  constructor(user: User, connection: Connection, tools: ClientTools) {
    this.user = user
    this.#connection = connection
    this.#tools = tools
    this.cipher = tools.options.encryption === 'required' ? new Cipher(this.#key) : null
    this.#speech = this.cipher === null ? plainSpeech : encryptedSpeech(this.cipher)
  }

  get defaultChannel(): RoomId {
    return this.#tools.options.defaultChannel
  }

  get connectionId(): string {
    return this.#connection.id
  }

  /** Whether it has been told 140. */
  get greeted(): boolean {
    return this.#greeted
  }

  /** The channel it is in, and its stay there. */
  get place(): { room: RoomId; attendee: Attendee } | null {
    return this.#room === null || this.#attendee === null
      ? null
      : { room: this.#room.id, attendee: this.#attendee }
  }

  /** A new session in the default channel. */
  async begin(): Promise<void> {
    this.#newSession()
    this.#ready(undefined)
    await this.enter(this.defaultChannel)
  }

  /** Goes on where a session of the same user stopped after `s`; a new session where that cannot be. */
  async resume(sessionId: number, s: number): Promise<void> {
    this.#inherited = this.#hold(sessionId)
    try {
      await this.#goOn(sessionId, s)
    } finally {
      this.#inherited?.leave()
      this.#inherited = null
    }
  }

  async #goOn(sessionId: number, s: number): Promise<void> {
    const kept = await this.#claim(sessionId)
    if (kept !== null && this.#superseded) return this.#tools.fail(replaced)
    const room = kept === null ? null : await this.#stillOpen(kept.room)
    if (!this.#connection.open) return
    if (kept === null || room === null) {
      this.#newSession()
      this.#ready(false)
      await this.enter(this.defaultChannel)
      return
    }
    this.#kept = kept
    const since = { epoch: kept.epoch, seq: s }
    const epoch = await this.#epochAfter(room, since)
    if (!this.#connection.open) return
    // Before the client hears what this run of the gateway writes: after a crash the old epoch would not vouch for that.
    if (epoch !== null) await this.#keep({ room: room.id, epoch })
    await this.#attend(room, since, (welcome) => {
      const recovered = welcome.recovered === true
      if (!recovered) this.#newSession()
      this.#ready(recovered)
      if (!recovered) this.#connection.send(moveFrame(room, welcome.members))
    })
  }

  async #claim(sessionId: number): Promise<Place | null> {
    this.#claiming = true
    try {
      return await this.#tools.sessions.claim(sessionId, this.user.userId, this.#connection.id)
    } finally {
      this.#claiming = false
    }
  }

  /**
   * A newer connection resumes this session, while this one, whose network may be gone, still looks alive. Its stay is left when the
   * newer one is in, so that the others do not see the user go and come. While it is not known yet whether the session is this user's, it is
   * only let go: two who ask for one that is not theirs are nothing to one another.
   */
  yield(): Attendee | null {
    const stay = this.#attendee ?? this.#inherited
    if (stay === this.#inherited) this.#inherited = null
    this.#attendee = null
    this.#room = null
    if (this.#claiming) {
      this.#superseded = true
      this.#tools.sessions.release(this.#sessionId, this, this.#connection.id)
    } else {
      this.#tools.fail(replaced)
    }
    return stay
  }

  /**
   * Enters a channel and leaves the one it is in; rejects, and stays where it is, when it may not. The new one is entered first, so that
   * nobody takes the user for offline in between. For the one it is in it is told who is there, and that is all.
   */
  async enter(id: RoomId): Promise<void> {
    const { room } = await this.#tools.core.rooms.enter(id, this.user, this.#makerOf(id))
    if (this.#room?.id === id) return this.#connection.send(moveFrame(room, this.#others(id)))
    // A new session is kept before its client hears anything, so that it can be resumed from the first event on. Of one that moves the place
    // is unknown until it has: an `s` of one channel must not be taken for one of the other after a crash.
    const epoch = this.#kept === null ? (await this.#tools.core.data.position(id)).epoch : ''
    await this.#keep({ room: id, epoch })
    await this.#attend(room, undefined, (welcome) => this.#connection.send(moveFrame(room, welcome.members)))
  }

  #others(id: RoomId): readonly Member[] {
    return this.#tools.core.attendance.members(id).filter((member) => member.id !== this.#attendee?.memberId)
  }

  leave(): void {
    this.#attendee?.leave()
    this.#attendee = null
    this.#room = null
  }

  /** The connection has gone: the session waits to be resumed. */
  depart(): void {
    this.leave()
    this.#letGo()
  }

  #newSession(): void {
    this.#letGo()
    this.#kept = null
    this.#hold(this.#tools.sessions.newId())
  }

  #hold(sessionId: number): Attendee | null {
    this.#sessionId = sessionId
    return this.#tools.sessions.hold(sessionId, this)
  }

  #letGo(): void {
    if (this.#sessionId !== 0) this.#tools.sessions.release(this.#sessionId, this, this.#connection.id)
    this.#sessionId = 0
  }

  async #attend(
    room: Room,
    since: { epoch: string; seq: number } | undefined,
    greet: (welcome: Welcome) => void,
  ): Promise<void> {
    let epoch = ''
    let over: Ending | null = null
    const attendee = await this.#tools.core.attendance.attend({
      room: room.id,
      connection: this.#connection,
      actor: this.user,
      maker: this.#makerOf(room.id),
      presence: JSON.stringify({ username: this.user.name }),
      speech: this.#speech,
      acknowledges: false,
      listens: false,
      ...(since !== undefined && { since }),
      greet: (welcome) => {
        epoch = welcome.position.epoch
        greet(welcome)
      },
      ended: (ending) => {
        over = ending
        if (this.#room === room) this.#lost(room, ending)
      },
    })
    this.#attendee?.leave()
    this.#room = room
    this.#attendee = attendee
    if (over !== null) return this.#lost(room, over)
    if (!this.#connection.open) return this.leave()
    await this.#keep({ room: room.id, epoch })
  }

  async #keep(place: Place): Promise<void> {
    if (this.#sessionId === 0) return
    if (this.#kept?.room === place.room && this.#kept.epoch === place.epoch) return
    await this.#tools.sessions.keep(this.#sessionId, this.user.userId, place, this.#connection.id)
    this.#kept = place
  }

  /** The epoch of what comes after this position now; null where that cannot be told. */
  async #epochAfter(room: Room, position: Position): Promise<string | null> {
    try {
      return (await this.#tools.core.data.events(room.id, this.user, position, 1)).position.epoch
    } catch (error) {
      if (error instanceof Problem && error.code === 'gap') return null
      throw error
    }
  }

  /**
   * The channel is over for this client: it is told, and moved to the default one unless that is what it lost, or what it asked before
   * brings it to another.
   */
  #lost(room: Room, ending: Ending): void {
    this.#room = null
    this.#attendee = null
    const name = room.name ?? room.id
    const why = ending === 'closed' ? `${name} was closed.` : `You were ${ending} from ${name}.`
    this.#connection.send(serverMessageFrame(why))
    if (room.id === this.defaultChannel && ending !== 'closed') return
    this.#tools.later(async () => {
      if (this.#room === null) await this.enter(this.defaultChannel)
    })
  }

  /** The default channel is made for the gateway itself: nobody is kept out of it because they have made others. */
  #makerOf(id: RoomId): string | null {
    return id === this.defaultChannel ? system.userId : null
  }

  async #stillOpen(id: RoomId): Promise<Room | null> {
    try {
      return (await this.#tools.core.rooms.enter(id, this.user)).room
    } catch (error) {
      // That the store cannot say is no reason to give the session up.
      if (asProblem(error).status >= 500) throw error
      return null
    }
  }

  #ready(resumed: boolean | undefined): void {
    this.#greeted = true
    const key = this.#key.toString('base64')
    this.#connection.send(
      readyFrame({ sessionId: this.#sessionId, key, ...(resumed !== undefined && { resumed }) }),
    )
  }
}
