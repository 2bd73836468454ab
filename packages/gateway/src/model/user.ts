/** Someone who has presented a token or a participant credential. */
export interface KnownUser {
  readonly userId: string
  readonly name: string
  readonly bot: boolean
}
