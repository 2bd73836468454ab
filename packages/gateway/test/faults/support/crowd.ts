import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Target } from '../../harness.ts'
import { type Follower, followers as protocols } from './follower.ts'
import { contentsOf, emit, makeRoom } from './writing.ts'

/** Users that can follow by inbox: one for each protocol is enough, since followers of one user do not disturb each other. */
const users = Object.keys(protocols).map((protocol) => `follower-${protocol}`)

const first = 'the first message'
const last = 'the last message'

/**
 * People who write into the room and people who follow it, in all protocols, over whatever happens to the gateway. Who writes tries
 * again, with the same key, until a message is acknowledged; who follows connects again.
 */
export class Crowd {
  readonly #target: Target
  readonly #pace: number
  readonly followers: readonly Follower[]
  /** The messages as whoever was first to hear each heard them: nobody may hear another in its place. */
  readonly #order = [first]
  readonly #writers: readonly Promise<void>[]
  /** Rejects as soon as something is wrong; resolves when all are at their end. */
  readonly over: Promise<unknown>
  readonly written: string[] = []
  #writing = true
  #following = true
  #abandoned = false
  /** Resolves when the gateway can be reached, as far as the test knows. */
  reachable: Promise<void> = Promise.resolve()
  /** How often someone tried in vain. */
  failures = 0

  /** `pace` is how long a writer rests after each message, in milliseconds. */
  static async gather(target: Target, writers: number, followersOfEach: number, pace = 0): Promise<Crowd> {
    await makeRoom(target, users)
    const followers = Object.entries(protocols).flatMap(([protocol, Protocol]) =>
      Array.from({ length: followersOfEach }, () => new Protocol(target, `follower-${protocol}`)),
    )
    for (const follower of followers) await follower.connect()
    // Everyone has a place to go on from once one message has been heard.
    await emit(target, first)
    await Promise.all(followers.map((one) => one.until(() => one.heard.length > 0)))
    return new Crowd(target, followers, writers, pace)
  }

  private constructor(target: Target, followers: readonly Follower[], writers: number, pace: number) {
    this.#target = target
    this.#pace = pace
    this.followers = followers
    for (const follower of followers) {
      follower.check = (content, place) => this.#check(follower, content, place)
    }
    this.#writers = Array.from({ length: writers }, (_, writer) => this.#write(writer))
    this.over = Promise.all([...this.#writers, ...followers.map((follower) => this.#follow(follower))])
  }

  /** How many messages have been heard, by all together. */
  get heard(): number {
    return this.followers.reduce((sum, { heard }) => sum + heard.length, 0)
  }

  /** Stops writing, lets everyone hear the end, and checks that the log has each message once and that all have heard the log. */
  async settle(): Promise<void> {
    await Promise.all([this.#settle(), this.over])
  }

  async #settle(): Promise<void> {
    this.#writing = false
    await Promise.all(this.#writers)
    await this.#insist(last)
    await Promise.all(this.followers.map((one) => this.#hears(one, last)))
    this.#following = false
    await Promise.all(this.followers.map((one) => one.cut()))

    const log = await contentsOf(this.#target)
    const messages = log.slice(log.indexOf(first))
    const expected = [first, ...this.written, last]
    assert.deepEqual([...messages].sort(), [...expected].sort(), 'what was acknowledged is kept, once')
    for (const writer of this.#writers.keys()) {
      const own = (list: readonly string[]) => list.filter((content) => content.startsWith(`${writer}:`))
      assert.deepEqual(own(messages), own(this.written), `writer ${writer}: in the order of writing`)
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
    await Promise.allSettled(this.followers.map((one) => one.cut()))
  }

  async #write(writer: number): Promise<void> {
    let number = 0
    while (this.#writing) {
      const content = `${writer}:${number++}`
      await this.#insist(content)
      this.written.push(content)
      if (this.#pace > 0) await pause(this.#pace)
    }
  }

  /** Tries until it is acknowledged. */
  async #insist(content: string): Promise<void> {
    while (!this.#abandoned) {
      await this.reachable
      try {
        await emit(this.#target, content, content)
        return
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error
        this.failures += 1
        await turn()
      }
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
        await turn()
      }
      assert.equal(follower.gaps, 0, `${follower.protocol}: no gap`)
    }
  }

  #check({ protocol }: Follower, content: string, place: number): void {
    if (place === this.#order.length) this.#order.push(content)
    else if (content !== this.#order[place]) {
      const rest = `message ${place} is "${content}", for those who heard it before "${this.#order[place]}"`
      throw new Error(`${protocol}: ${rest}`)
    }
  }

  async #hears(follower: Follower, content: string): Promise<void> {
    while (follower.heard.at(-1) !== content && !this.#abandoned) {
      await follower.until(() => follower.heard.at(-1) === content).catch(turn)
    }
  }
}

/** Gives others their turn before the next attempt. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
