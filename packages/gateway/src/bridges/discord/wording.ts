/** What Discord takes. It counts characters; counting UTF-16 units, as here, is never too little. */
const longestPart = 2000
const longestName = 80

/** Control characters, and the marks that turn the direction of the text around them. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu
const unprintableButLayout = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu
const printable = /[\p{L}\p{N}\p{P}\p{S}]/u

/**
 * What is never cut in two: a character of markup; an address, which Discord makes a link by itself and where an escape would
 * become part of the address; any other character.
 */
const token = /(?<markup>[\\`*_~|<[\]]|[#>+-](?=\s)|(?<=\d)\.(?=\s))|https?:\/\/[a-z0-9][^\s<\\]{1,500}|./gisu

/** The words Discord keeps for itself; with one of them as or in the name it refuses the whole message. */
const keptWord = /dis(?=cord)|cly(?=de)|^every(?=one$)|^he(?=re$)/gi

/**
 * A message as the parts to be posted, in order; none when there is nothing to say. What the author wrote is shown
 * literally: markup is escaped, so that nobody can dress a link up as another. The same content has the same parts at every
 * call, since what was posted before a restart is known by its count alone.
 */
export function toParts(content: string): string[] {
  const text = content.toWellFormed().replaceAll('\r\n', '\n').replace(unprintableButLayout, '')
  const tokens = Array.from(text.matchAll(token), ({ 0: found, groups }) =>
    groups?.markup === undefined ? found : `\\${found}`,
  )
  return fillParts(tokens).filter((part) => part.trim() !== '')
}

function fillParts(tokens: readonly string[]): string[] {
  const parts: string[] = []
  let from = 0
  while (from < tokens.length) {
    const to = reach(tokens, from)
    const end = to === tokens.length ? to : breakBefore(tokens, from, to)
    parts.push(tokens.slice(from, end).join(''))
    from = end
  }
  return parts
}

/** The end of the most tokens that fit into one part. */
function reach(tokens: readonly string[], from: number): number {
  let length = 0
  const beyond = tokens.findIndex((found, at) => {
    if (at >= from) length += found.length
    return length > longestPart
  })
  return beyond === -1 ? tokens.length : beyond
}

/** After the last line of the part's second half, else after its last word there, else wherever it is full. */
function breakBefore(tokens: readonly string[], from: number, to: number): number {
  for (const separator of ['\n', ' ']) {
    const at = tokens.lastIndexOf(separator, to - 1)
    if (at >= (from + to) / 2) return at + 1
  }
  return to
}

/** An author's name as Discord takes it: 1 to 80 characters, none of the words it keeps for itself. */
export function toUsername(authorName: string): string {
  const name = authorName.toWellFormed().replace(unprintable, '').trim()
  if (!printable.test(name)) return 'unknown'
  const free = name.replace(keptWord, '$&-')
  const cut = free.slice(0, longestName)
  const endsInHalf = cut.length < free.length && /[\ud800-\udbff]$/.test(cut)
  return (endsInHalf ? cut.slice(0, -1) : cut).trimEnd()
}
