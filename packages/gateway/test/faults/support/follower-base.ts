import type { Target } from '../../harness.ts'

/** The room that followers are in: public, and where `comms` places its clients. */
export const room = 'lobby'

/** How a follower writes down what happened to messages. Of a deletion it is told an id, or a number in some protocols. */
export const said = {
  created: (content: string) => `new: ${content}`,
  edited: (content: string) => `edited: ${content}`,
  deleted: (messageId: number) => `deleted: ${messageId}`,
}

/** Frames as they come, from whatever kind of connection; null when it has ended. */
export interface Source {
  next(): Promise<unknown>
  break(): Promise<unknown>
  /** Resolves when something that is asked now has been answered; where nothing can be asked, when the next thing comes. */
  answer(): Promise<unknown>
}

/**
 * A client that follows what is written in the room, shows that it is there as its protocol wants, and after each break goes on where it
 * was by what its protocol offers. It writes down the contents it hears, and how often it was told that something is missing.
 */
export abstract class Follower {
  abstract readonly protocol: string
  readonly user: string
  /** The contents of new messages. */
  readonly heard: string[] = []
  /** Everything about messages that its protocol has a word for, in the order it came: as `said` has it. */
  readonly story: string[] = []
  /** How often a resume was answered with a gap. */
  gaps = 0
  /** Is told each content as it comes, and as the how manieth; throws when another should have come. */
  check: (content: string, place: number) => void = () => {}
  target: Target
  #source: Source | null = null
  #reading: Promise<void> = Promise.resolve()
  #heardMore: () => void = () => {}

  constructor(target: Target, user: string) {
    this.target = target
    this.user = user
  }

  get isConnected(): boolean {
    return this.#source !== null
  }

  /** Connects, resuming if it was connected before. Rejects when it is cut off before it was greeted. */
  async connect(): Promise<void> {
    const source = await this.open()
    this.#source = source
    this.#reading = this.#read(source)
  }

  /** As when the network breaks. Resolves when everything that had come has been read. */
  async cut(): Promise<void> {
    const source = this.#source
    this.#source = null
    await source?.break()
    await this.#reading
  }

  /** Resolves when everything that the gateway had said by now has come, or the connection has ended. */
  async caughtUp(): Promise<void> {
    if (this.#source !== null) await Promise.race([this.#source.answer(), this.#reading])
  }

  /** Resolves when the connection has ended by itself, or is not there. */
  ended(): Promise<void> {
    return this.#reading
  }

  /** Resolves when so much has been heard, or fails when the connection ends before. */
  async until(enough: () => boolean): Promise<void> {
    while (!enough()) {
      const more = new Promise<true>((resolve) => {
        this.#heardMore = () => resolve(true)
      })
      const alive = await Promise.race([more, this.#reading.then(() => false)])
      if (!alive && !enough())
        throw new Error(`${this.protocol}: the connection ended after ${this.heard.length}`)
    }
  }

  protected abstract open(): Promise<Source>
  /** Notes a frame that came after the greeting. */
  protected abstract take(frame: unknown): void

  protected note(content: string): void {
    this.check(content, this.heard.length)
    this.heard.push(content)
    this.story.push(said.created(content))
  }

  protected noteEdit(content: string): void {
    this.story.push(said.edited(content))
  }

  protected noteDeletion(messageId: number): void {
    this.story.push(said.deleted(messageId))
  }

  /** `next` must come after `last`, in whatever the protocol counts events by. */
  protected inOrder(last: number, next: number): void {
    if (next <= last) throw new Error(`${this.protocol}: event ${next} came after ${last}`)
  }

  async #read(source: Source): Promise<void> {
    for (let frame = await source.next(); frame !== null; frame = await source.next()) {
      this.take(frame)
      this.#heardMore()
    }
  }
}
