import { Problem } from '../../model/problem.ts'
import type { Answer, Call, CallName, Calls, ReadName } from './calls.ts'
import { problemOf } from './refusal.ts'

interface Waiting {
  readonly call: Call
  resolve(value: unknown): void
  reject(problem: Problem): void
}

export interface BatchQueueOptions {
  /** How many calls may wait. */
  readonly longest: number
  send(calls: readonly Call[]): void
  /** Is shown a batch with its answers before its callers are. */
  review(calls: readonly Call[], answers: readonly Answer[]): void
}

/**
 * A longer batch would make its first callers wait for its last, and a turn of the event loop long: all are answered in one, which
 * for clients that resume means to write all that they missed.
 */
const longestBatch = 128
/** How many turns of the event loop a batch gathers at most while each of them brings more. */
const longestGathering = 8

/**
 * Calls on their way to the worker. One batch is under way at a time; meanwhile the next gathers, and so grows with the load:
 * group commit, without a timer.
 */
export class BatchQueue {
  readonly #options: BatchQueueOptions
  #queue: Waiting[] = []
  #underWay: Waiting[] = []
  /** What is asked in the batch that gathers, with its answer to be. */
  readonly #asked = new Map<string, Promise<unknown>>()
  #scheduled = false
  #over: Problem | null = null
  #idle: (() => void) | null = null

  constructor(options: BatchQueueOptions) {
    this.#options = options
  }

  call<Name extends CallName>(
    name: Name,
    ...given: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    const call = [name, ...given] as unknown as Call
    return new Promise((resolve, reject) => {
      if (this.#over !== null) return reject(this.#over)
      if (this.#queue.length >= this.#options.longest) return reject(new Problem('unavailable', undefined, 1))
      if (this.#beginsBatch) this.#asked.clear()
      this.#queue.push({ call, resolve: resolve as (value: unknown) => void, reject })
      this.#schedule()
    })
  }

  /**
   * As `call`, for what changes nothing. Those who ask the same in one batch, as a room's clients do when all come back at once, get
   * one answer, which is one object. Only in one batch: a batch that is under way may have read before the last write.
   */
  read<Name extends ReadName>(
    name: Name,
    ...given: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    const question = JSON.stringify([name, ...given])
    const asked = this.#beginsBatch ? undefined : this.#asked.get(question)
    if (asked !== undefined) return asked as Promise<ReturnType<Calls[Name]>>
    const answer = this.call(name, ...given)
    this.#asked.set(question, answer)
    return answer
  }

  /** The answers of the batch that is under way. */
  answer(answers: readonly Answer[]): void {
    const batch = this.#underWay
    this.#underWay = []
    this.#sendNext()
    this.#options.review(
      batch.map(({ call }) => call),
      answers,
    )
    for (const [index, { resolve, reject }] of batch.entries()) {
      const answer = answers[index]
      if (answer === undefined) reject(new Problem('internal'))
      else if ('refused' in answer) reject(problemOf(answer))
      else resolve(answer.value)
    }
    if (this.#underWay.length === 0) this.#idle?.()
  }

  /** Takes no more calls; resolves when those there are have been answered. */
  async finish(): Promise<void> {
    this.#over ??= new Problem('going_down')
    while (this.#underWay.length + this.#queue.length > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
  }

  /** Nobody will answer any more. */
  fail(problem: Problem): void {
    this.#over = problem
    for (const { reject } of [...this.#underWay, ...this.#queue]) reject(problem)
    this.#underWay = []
    this.#queue = []
    this.#idle?.()
  }

  /** Whether the next call is the first of its batch: batches are taken off the queue whole. */
  get #beginsBatch(): boolean {
    return this.#queue.length % longestBatch === 0
  }

  #schedule(): void {
    if (this.#scheduled || this.#underWay.length > 0) return
    this.#scheduled = true
    this.#gather(0, longestGathering)
  }

  /**
   * Sends at the end of the first turn that has brought nothing more. Clients that were told something together answer together, but
   * over many sockets, which take more than a turn to read: the first alone in a batch would make all others wait for its commit.
   */
  #gather(before: number, turns: number): void {
    setImmediate(() => {
      if (turns > 0 && this.#queue.length > before) return this.#gather(this.#queue.length, turns - 1)
      this.#scheduled = false
      this.#sendNext()
    })
  }

  #sendNext(): void {
    if (this.#underWay.length > 0 || this.#queue.length === 0) return
    this.#underWay = this.#queue.splice(0, longestBatch)
    this.#options.send(this.#underWay.map(({ call }) => call))
  }
}
