import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Target } from '../../harness.ts'
import { type Follower, followers } from './follower.ts'
import { contentsOf, emit, makeRoom } from './writing.ts'

/** Users that can follow by inbox: one for each protocol is enough, since followers of one user do not disturb each other. */
const users = Object.keys(followers).map((protocol) => `follower-${protocol}`)

/**
 * People who write into the room and people who follow it, in all protocols, over whatever happens to the gateway. Who writes tries
 * again, with the same key, until a message is acknowledged; who follows connects again.
 */
export class Crowd {
  readonly #target: Target
  readonly #pace: number
  readonly #followers: Follower[] = []
  readonly #work: Promise<void>[] = []
  readonly written: string[] = []
  #writing = true
  #following = true
  #over = false
  /** Resolves when the gateway can be reached, as far as the test knows. */
  reachable: Promise<void> = Promise.resolve()
  /** How often someone tried in vain. */
  failures = 0

  /** `pace` is how long a writer rests after each message, in milliseconds. */
  static async gather(target: Target, writers: number, followersOfEach: number, pace = 0): Promise<Crowd> {
    const crowd = new Crowd(target, pace)
    await makeRoom(target, users)
    for (const [protocol, Protocol] of Object.entries(followers)) {
      for (let i = 0; i < followersOfEach; i++) {
        const follower = new Protocol(target, `follower-${protocol}`)
        await follower.connect()
        crowd.#followers.push(follower)
      }
    }
    // Everyone has a place to go on from once one message has been heard.
    await emit(target, 'the first message')
    await Promise.all(crowd.#followers.map((one) => one.until(() => one.heard.length > 0)))
    for (const follower of crowd.#followers) crowd.#work.push(crowd.#follow(follower))
    for (let writer = 0; writer < writers; writer++) crowd.#work.push(crowd.#write(writer))
    return crowd
  }

  private constructor(target: Target, pace: number) {
    this.#target = target
    this.#pace = pace
  }

  get followers(): readonly Follower[] {
    return this.#followers
  }

  /** Stops writing, lets everyone hear the end, and checks that the log has each message once and that all have heard the log. */
  async settle(): Promise<void> {
    this.#writing = false
    const writers = this.#work.slice(this.#followers.length)
    await Promise.all(writers)
    await this.#insist('the last message')
    await Promise.all(this.#followers.map((one) => this.#hears(one, 'the last message')))
    this.#following = false
    await Promise.all(this.#followers.map((one) => one.cut()))
    await Promise.all(this.#work)

    const log = await contentsOf(this.#target)
    const messages = log.slice(log.indexOf('the first message'))
    const expected = ['the first message', ...this.written, 'the last message']
    assert.deepEqual([...messages].sort(), [...expected].sort(), 'what was acknowledged is kept, once')
    for (let writer = 0; writer < writers.length; writer++) {
      const own = (list: readonly string[]) => list.filter((content) => content.startsWith(`${writer}:`))
      assert.deepEqual(own(messages), own(this.written), `writer ${writer}: in the order of writing`)
    }
    for (const { protocol, heard, gaps } of this.#followers) {
      assert.deepEqual(heard, messages, `${protocol}: everything, once, in the order of the log`)
      assert.equal(gaps, 0, `${protocol}: no gap`)
    }
  }

  /** Gives up whatever is still tried, so that a test that failed ends. */
  async abandon(): Promise<void> {
    this.#over = true
    this.#writing = false
    this.#following = false
    await Promise.allSettled(this.#followers.map((one) => one.cut()))
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
    while (!this.#over) {
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
    }
  }

  async #hears(follower: Follower, content: string): Promise<void> {
    while (follower.heard.at(-1) !== content && !this.#over) {
      assert.equal(follower.gaps, 0, `${follower.protocol}: no gap`)
      await follower.until(() => follower.heard.at(-1) === content).catch(turn)
    }
  }
}

/** Gives others their turn before the next attempt. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
