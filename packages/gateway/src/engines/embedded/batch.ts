import type { Answer, Call } from './calls.ts'
import { isStoreFailure } from './database.ts'
import { refusalOf } from './refusal.ts'
import type { Store } from './store.ts'

/**
 * Answers a batch: all its writes in one transaction, in the order given, then its reads. So one synchronisation of the disk
 * serves them all. Never throws.
 */
export function runBatch(store: Store, calls: readonly Call[]): Answer[] {
  const answers: Answer[] = []
  const writes = [...calls.entries()].filter(([, [name]]) => name in store.writes)
  if (writes.length > 0) {
    for (const [index, answer] of writeTogether(store, writes)) answers[index] = answer
  }
  for (const [index, call] of calls.entries()) answers[index] ??= answer(store.reads, call)
  return answers
}

type Numbered<What> = readonly [index: number, what: What]

function writeTogether(store: Store, writes: readonly Numbered<Call>[]): Numbered<Answer>[] {
  try {
    return store.transaction(() => writes.map(([index, call]) => [index, judge(store, call)]))
  } catch (error) {
    // What the disk refuses one it refuses all. Anything else is the fault of one of them, and only apart is it seen of which.
    if (isStoreFailure(error)) return writes.map(([index]) => [index, refusalOf(error)])
    return writes.map(([index, call]) => [index, writeAlone(store, call)])
  }
}

function writeAlone(store: Store, call: Call): Answer {
  try {
    return store.transaction(() => judge(store, call))
  } catch (error) {
    return refusalOf(error)
  }
}

/** A refusal by the rules has written nothing and concerns nobody else; any other error must end the transaction. */
function judge(store: Store, call: Call): Answer {
  try {
    return { value: invoke(store.writes, call) }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal.cause !== undefined) throw error
    return refusal
  }
}

function answer(reads: Store['reads'], call: Call): Answer {
  try {
    return { value: invoke(reads, call) }
  } catch (error) {
    return refusalOf(error)
  }
}

function invoke(methods: Store['reads'] | Store['writes'], [name, ...given]: Call): unknown {
  const method = (methods as Record<string, (...given: readonly unknown[]) => unknown>)[name]
  if (method === undefined) throw new Error(`the store has no ${name}`)
  return method(...given)
}
