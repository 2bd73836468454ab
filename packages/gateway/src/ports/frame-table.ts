import type { TSchema } from 'typebox'

/** All that is said over a protocol's WebSocket, for its AsyncAPI document. The schemas are exact: what they do not name is not sent. */
export interface FrameTable {
  readonly title: string
  /** What the protocol is for, in a sentence or two. */
  readonly says: string
  /** The path of its WebSocket; parameters in braces. */
  readonly address: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly query?: TSchema
  readonly headers?: TSchema
  readonly fromGateway: readonly FrameRow[]
  readonly fromClient: readonly FrameRow[]
}

export interface FrameRow {
  /** Unique in its table; letters, digits, `.` and `-`. */
  readonly name: string
  readonly says: string
  readonly schema: TSchema
}
