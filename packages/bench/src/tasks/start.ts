import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

/** How long the server took from its start until it accepted connections. */
export async function start({ readyAfter }: Target, _options: Record<string, never>): Promise<Figures> {
  return { 'ms until it accepts connections': readyAfter }
}
