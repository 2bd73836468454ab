/**
 * `free`: anyone's. `held`: a live sharder's. `returning`: its sharder has just gone; nobody else may have it yet.
 * `remembered`: as good as free, but its sharder's session may still come back for it.
 */
type State = 'free' | 'held' | 'returning' | 'remembered'

interface Block {
  readonly shards: readonly number[]
  state: State
  /** Whose it is, or last was; null when free. */
  session: string | null
  /** When it was last left: rises with every leaving. */
  left: number
}

/**
 * Divides the shards of a bot into one block for each sharder expected. A sharder holds one block or none, and a block has
 * one holder or none, so no shard is ever run twice.
 */
export class ShardBlocks {
  readonly #blocks: Block[] = []
  #leavings = 0

  constructor(total: number, sharders: number) {
    const size = Math.ceil(total / sharders)
    for (let first = 0; first < total; first += size) {
      const shards = Array.from({ length: Math.min(size, total - first) }, (_, i) => first + i)
      this.#blocks.push({ shards, state: 'free', session: null, left: 0 })
    }
  }

  /** Its own block if nobody has it, else a free one, else the one whose sharder has been away longest. Null: all are taken. */
  take(session: string): readonly number[] | null {
    const block =
      this.#of(session) ??
      this.#blocks.find(({ state }) => state === 'free') ??
      this.#blocks.filter(({ state }) => state === 'remembered').sort((a, b) => a.left - b.left)[0]
    if (block === undefined) return null
    block.state = 'held'
    block.session = session
    return block.shards
  }

  /** Its sharder has gone. */
  leave(session: string): void {
    const block = this.#of(session)
    if (block === undefined) return
    block.state = 'returning'
    block.left = ++this.#leavings
  }

  /** Its sharder has been gone long enough: others may have it. */
  release(session: string): void {
    const block = this.#of(session)
    if (block?.state === 'returning') block.state = 'remembered'
  }

  /** The session cannot come back any more. */
  forget(session: string): void {
    const block = this.#of(session)
    if (block === undefined) return
    block.state = 'free'
    block.session = null
  }

  #of(session: string): Block | undefined {
    return this.#blocks.find((block) => block.session === session)
  }
}
