import { jsonDepth } from './json.ts'

const quote = 0x22
const backslash = 0x5c
const openers: ReadonlySet<number> = new Set([0x5b, 0x7b])
const closers: ReadonlySet<number> = new Set([0x5d, 0x7d])

/**
 * Whether arrays and objects stand deeper in one another than this. To be asked before anything that recurses, such as
 * `JSON.stringify`, sees the value: it fails, or takes long, from some thousands on. Says nothing of what is not JSON.
 */
export function isTooDeep(json: string, maxDepth = jsonDepth): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === quote) quoted = !quoted
    else if (quoted) at += code === backslash ? 1 : 0
    else if (openers.has(code)) {
      depth++
      if (depth > maxDepth) return true
    } else if (closers.has(code)) depth--
  }
  return false
}
