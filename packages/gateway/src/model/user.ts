/** Someone who has presented a token or a participant credential. */
export interface KnownUser {
  readonly userId: string
  readonly name: string
  readonly bot: boolean
}

/** Author ids the gateway itself writes under. */
const spokenFor: ReadonlySet<string> = new Set(['system', 'anonymous'])

/** Whether a token may be for this user. Half a surrogate pair is refused: a store may not tell two such ids apart. */
export function isUserId(id: string): boolean {
  return id !== '' && id.length <= 200 && id.isWellFormed() && !spokenFor.has(id)
}
