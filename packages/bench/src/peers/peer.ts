import type { Target } from '../speeches/speech.ts'

/** A server that can be measured. */
export interface Peer {
  readonly name: string
  /** What to install, or null when it is here. */
  missing(): string | null
  version(): string
  /** With `inspectable`, what runs on Node can be told to collect its garbage (`Target.inspector`). */
  start(inspectable: boolean): Promise<RunningPeer>
}

export interface RunningPeer extends Target {
  /** Resolves when its processes have ended and its files are gone. */
  stop(): Promise<void>
}
