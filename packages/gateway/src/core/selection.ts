import { Problem } from '../model/problem.ts'
import type { Random } from '../ports/clock.ts'
import type { Selection } from '../ports/core.ts'

export interface Chosen {
  /** Null: everyone. */
  readonly targets: readonly string[] | null
  /** Named, but not connected. */
  readonly unknown: readonly string[]
}

/** Picks the listeners an emit is for. Rejects rather than falls back to everyone. */
export function choose(selection: Selection, listeners: readonly string[], random: Random): Chosen {
  if (selection === null) return { targets: null, unknown: [] }
  if ('random' in selection) return { targets: pick(selection.random, listeners, random), unknown: [] }
  const connected = new Set(listeners)
  const named = [...new Set(selection.ids)]
  const targets = named.filter((id) => connected.has(id))
  if (targets.length === 0) throw new Problem('no_listener')
  return { targets, unknown: named.filter((id) => !connected.has(id)) }
}

/** `count` different ones: the first steps of a Fisher–Yates shuffle. */
function pick(count: number, listeners: readonly string[], random: Random): string[] {
  if (count > listeners.length) {
    throw new Problem('invalid_request', `${count} clients were asked for, but ${listeners.length} listen.`)
  }
  const rest = [...listeners]
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(rest.length - i)
    const chosen = rest[j] as string
    rest[j] = rest[i] as string
    rest[i] = chosen
  }
  return rest.slice(0, count)
}
