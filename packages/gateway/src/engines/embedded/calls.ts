import type { Refusal } from './refusal.ts'
import type { Reads, Writes } from './store.ts'

/** What the engine asks its worker, by name. */
export type Calls = Writes & Reads
export type CallName = keyof Calls
export type ReadName = keyof Reads

/** One call: its name, then what it is given. */
export type Call = { [Name in CallName]: readonly [Name, ...Parameters<Calls[Name]>] }[CallName]

/**
 * Between the threads go JSON texts, which for such small objects cost about half of what structured cloning does. So nothing that is
 * given to a call may be `undefined`, which would arrive as `null`: this is an error wherever something may.
 */
export type JsonOnly = None<
  { [Name in CallName]: undefined extends Parameters<Calls[Name]>[number] ? Name : never }[CallName]
>
type None<Calls extends never> = Calls

export type Answer = { readonly value: unknown } | Refusal

/** To the worker: calls to answer, or the wish that it close the store and end. */
export type Request = readonly Call[] | 'close'

/** From the worker: the store is open; answers, in the order of the calls; the store could not be opened. */
export type Report = 'open' | readonly Answer[] | Refusal
