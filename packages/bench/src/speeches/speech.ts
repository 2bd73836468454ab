import type { LoadSocket } from '../client/web-socket.ts'

/** A server as a load generator knows it. */
export interface Target {
  readonly port: number
  /** Processes whose CPU time and memory count. */
  readonly pids: readonly number[]
  /** How long it took to start, in milliseconds. */
  readonly readyAfter: number
  /** Where its inspector listens, when it was started with one. */
  readonly inspector?: string
}

/** How the clients of one protocol subscribe to rooms and publish into them. One object for one run. */
export interface Speech {
  /** Makes the rooms, where the protocol wants that, for so many subscribers each. */
  prepare?(rooms: readonly string[], perRoom: number): Promise<void>
  /** Resolves when the subscription holds. */
  join(room: string): Promise<LoadSocket>
  /** How many messages a frame is, or (frames that hold parts of messages) what part. 0: something else. */
  messagesIn(buffer: Buffer, start: number, end: number): number
  /** Publishes text of `messageBytes` ASCII characters. Not answered: what arrives is counted. */
  publish(room: string, text: string): void
  close(): void
}

/** The size of every message, in bytes. */
export const messageBytes = 128

export type SpeechOf = (target: Target) => Promise<Speech> | Speech
