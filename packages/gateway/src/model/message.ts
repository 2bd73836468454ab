/** The description of a file that lies elsewhere; the gateway keeps no file. */
export interface Attachment {
  readonly type: 'file' | 'image' | 'video'
  readonly id: string
  readonly filename: string
  /** http or https. */
  readonly url: string
  /** What is told about the file, by its type: sizes in bytes and pixels, `duration` in seconds. */
  readonly meta: Readonly<Record<string, string | number>>
}

/** What someone wrote. */
export interface Message {
  /** Unique in the gateway, rising; below 2^53. */
  readonly id: number
  /** Counts the room's messages 1, 2, 3… */
  readonly number: number
  readonly authorId: string
  readonly authorName: string
  /** The author was an admin of the room when writing it. */
  readonly authorAdmin: boolean
  /** Empty once the message is deleted. */
  readonly content: string
  /** Absent when there are none. */
  readonly attachments?: readonly Attachment[]
  /** Milliseconds since 1970, as are the others. */
  readonly sentAt: number
  readonly editedAt: number | null
  readonly deletedAt: number | null
}
