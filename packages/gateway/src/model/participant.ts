/** A user (or an anonymous joiner) in one room. */
export interface Participant {
  /** The public id. The credential that proves it is never part of this record. */
  readonly userId: string
  readonly name: string
  /** A CSS hex colour, `#rrggbb`. */
  readonly color: string
  readonly admin: boolean
  readonly banned: boolean
  /** The room's last `seq` when they joined: what came before is not theirs to replay. */
  readonly joinedSeq: number
}

/** Who is acting. `userId` is null for someone without a token or credential. */
export interface Actor {
  readonly userId: string | null
  readonly name: string
  /** An admin of the whole gateway (the `admin` claim of a token). */
  readonly admin: boolean
  /** SHA-256 (hex) of the credential they show, where it is still to be seen whether it is theirs: their acts are refused unless it is. */
  readonly credentialHash?: string
}

/** The gateway itself: closes idle rooms, writes system messages. */
export const system: Actor = { userId: 'system', name: 'system', admin: true }

/** The author of what someone without a token writes. */
export const anonymous: Actor = { userId: null, name: 'anonymous', admin: false }

/** The author id that stands on what this actor writes. */
export function authorId(actor: Actor): string {
  return actor.userId ?? 'anonymous'
}
