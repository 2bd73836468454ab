import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Target } from '../../harness.ts'
import { type Follower, followers as protocols } from './follower.ts'
import { type Hand, hands as writing } from './hands.ts'
import { contentsOf, emit, makeRoom } from './writing.ts'

/** Users that can follow by inbox: one for each protocol is enough, since followers of one user do not disturb each other. */
const users = Object.keys(protocols).map((protocol) => `follower-${protocol}`)
const writingUser = 'writer'
/** How long somebody rests who has tried in vain, in milliseconds. */
const rest = 10

const first = 'the first message'
const last = 'the last message'

/**
 * People who write into the room and people who follow it, in all protocols, over whatever happens to the gateway. Who writes tries
 * again, with the same key, until a message is acknowledged, where the protocol has a key; who follows connects again.
 */
export class Crowd {
  readonly #target: Target
  readonly #pace: number
  readonly followers: readonly Follower[]
  readonly #hands: readonly Hand[]
  /** The messages as whoever was first to hear each heard them: nobody may hear another in its place. */
  readonly #order: string[]
  readonly #writers: readonly Promise<void>[]
  /** Rejects as soon as something is wrong; resolves when all are at their end. */
  readonly over: Promise<unknown>
  /** What was acknowledged. */
  readonly written: string[]
  /** What was not, and cannot be asked again: it may be there, once. */
  readonly doubtful = new Set<string>()
  #writing = true
  #following = true
  #abandoned = false
  /** Resolves when the gateway can be reached, as far as the test knows. */
  reachable: Promise<void> = Promise.resolve()
  /** How often someone tried in vain. */
  failures = 0

  /** `pace` is how long a writer rests after each message, in milliseconds. */
  static async gather(target: Target, writers: number, followersOfEach: number, pace = 0): Promise<Crowd> {
    await makeRoom(target, [...users, writingUser])
    const followers = Object.entries(protocols).flatMap(([protocol, Protocol]) =>
      Array.from({ length: followersOfEach }, () => new Protocol(target, `follower-${protocol}`)),
    )
    for (const follower of followers) await follower.connect()
    // Everyone has a place to go on from once one message has been heard, and a connection to write by once one has been written.
    await emit(target, first)
    const hands = Array.from({ length: writers }, (_, writer) =>
      writing[writer % writing.length]!(target, writingUser),
    )
    for (const [writer, hand] of hands.entries()) await hand.write(`${writer}:0`)
    await Promise.all(followers.map((one) => one.until(() => one.heard.length > 0)))
    return new Crowd(target, followers, hands, pace)
  }

  private constructor(target: Target, followers: readonly Follower[], hands: readonly Hand[], pace: number) {
    this.#target = target
    this.#pace = pace
    this.followers = followers
    this.#hands = hands
    this.written = hands.map((_, writer) => `${writer}:0`)
    this.#order = [first, ...this.written]
    for (const follower of followers) {
      follower.check = (content, place) => this.#check(follower, content, place)
    }
    this.#writers = hands.map((hand, writer) => this.#write(hand, writer))
    this.over = Promise.all([...this.#writers, ...followers.map((follower) => this.#follow(follower))])
  }

  /** How many messages have been heard, by all together. */
  get heard(): number {
    return this.followers.reduce((sum, { heard }) => sum + heard.length, 0)
  }

  /** Breaks the connections of all who follow, at once. Resolves when all have come back. */
  async breakAll(): Promise<void> {
    await Promise.all(this.followers.map((one) => one.cut()))
    while (!this.#abandoned && !this.followers.every((one) => one.isConnected)) await pause(rest)
  }

  /** Stops writing, lets everyone hear the end, and checks that the log has each message once and that all have heard the log. */
  async settle(): Promise<void> {
    await Promise.all([this.#settle(), this.over])
  }

  async #settle(): Promise<void> {
    this.#writing = false
    await Promise.all(this.#writers)
    await this.#insist(last, this.#hands[0]!)
    await Promise.all(this.followers.map((one) => this.#hears(one, last)))
    this.#following = false
    await Promise.all(this.#partings())

    const log = await contentsOf(this.#target)
    const messages = log.slice(log.indexOf(first))
    const certain = messages.filter((content) => !this.doubtful.has(content))
    assert.equal(new Set(messages).size, messages.length, 'nothing is kept twice')
    assert.deepEqual(certain.toSorted(), [first, ...this.written].toSorted(), 'what was acknowledged is kept')
    for (const writer of this.#writers.keys()) {
      const own = (list: readonly string[]) => list.filter((content) => content.startsWith(`${writer}:`))
      assert.deepEqual(own(certain), own(this.written), `writer ${writer}: in the order of writing`)
    }
    for (const { protocol, heard } of this.followers) {
      assert.deepEqual(heard, messages, `${protocol}: everything, once, in the order of the log`)
    }
  }

  /** Gives up whatever is still tried, so that a test that failed ends. */
  async abandon(): Promise<void> {
    this.#abandoned = true
    this.#writing = false
    this.#following = false
    await Promise.allSettled(this.#partings())
  }

  #partings(): Promise<void>[] {
    return [...this.followers.map((one) => one.cut()), ...this.#hands.map((one) => one.close())]
  }

  async #write(hand: Hand, writer: number): Promise<void> {
    let number = 1
    while (this.#writing) {
      const content = `${writer}:${number++}`
      if (hand.repeats) await this.#insist(content, hand)
      else await this.#try(content, hand)
      if (this.#pace > 0) await pause(this.#pace)
    }
  }

  /** Tries until it is acknowledged. */
  async #insist(content: string, hand: Hand): Promise<void> {
    while (!this.#abandoned && !(await this.#try(content, hand)));
  }

  /** Whether it was acknowledged. */
  async #try(content: string, hand: Hand): Promise<boolean> {
    await this.reachable
    try {
      await hand.write(content)
      this.written.push(content)
      return true
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      if (!hand.repeats) this.doubtful.add(content)
      this.failures += 1
      await pause(rest)
      return false
    }
  }

  async #follow(follower: Follower): Promise<void> {
    for (;;) {
      await follower.ended()
      if (!this.#following) return
      await follower.cut()
      await this.reachable
      try {
        await follower.connect()
      } catch {
        this.failures += 1
        await pause(rest)
      }
      assert.equal(follower.gaps, 0, `${follower.protocol}: no gap`)
    }
  }

  #check({ protocol }: Follower, content: string, place: number): void {
    if (place === this.#order.length) this.#order.push(content)
    else if (content !== this.#order[place]) {
      const instead = `message ${place} is "${content}", for those who heard it before "${this.#order[place]}"`
      throw new Error(`${protocol}: ${instead}`)
    }
  }

  async #hears(follower: Follower, content: string): Promise<void> {
    while (follower.heard.at(-1) !== content && !this.#abandoned) {
      await follower.until(() => follower.heard.at(-1) === content).catch(() => pause(rest))
    }
  }
}
