/** White space, then one token (RFC 8259 §2–7). */
const token =
  /[ \t\n\r]*([{}[\],:]|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)/y

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or end'

/**
 * Where a text stops being JSON: the position, counted from 0, of the first token that does not belong there, or the text's
 * length when it ends too early. For a text that `JSON.parse` refuses; its own message often names no position.
 */
export function findJsonError(text: string): number {
  const tokens = new RegExp(token)
  const closing: string[] = []
  let expected: Expected = 'value'
  for (;;) {
    const start = afterSpaces(text, tokens.lastIndex)
    const found = tokens.exec(text)?.[1]?.charAt(0)
    const next: Expected | null = found === undefined ? null : after(expected, found, closing)
    if (next === null) return start
    expected = next
  }
}

/** What may follow a token (given by its first character), or null where the token itself may not stand. */
function after(expected: Expected, found: string, closing: string[]): Expected | null {
  switch (expected) {
    case 'name or }':
      if (found === '}') return close(found, closing)
      return found === '"' ? 'colon' : null
    case 'name':
      return found === '"' ? 'colon' : null
    case 'colon':
      return found === ':' ? 'value' : null
    case 'comma or end':
      if (found !== ',') return close(found, closing)
      if (closing.length === 0) return null
      return closing.at(-1) === '}' ? 'name' : 'value'
    case 'value or ]':
      return found === ']' ? close(found, closing) : value(found, closing)
    case 'value':
      return value(found, closing)
  }
}

function value(found: string, closing: string[]): Expected | null {
  if (found === '{') {
    closing.push('}')
    return 'name or }'
  }
  if (found === '[') {
    closing.push(']')
    return 'value or ]'
  }
  return '}],:'.includes(found) ? null : 'comma or end'
}

function close(found: string, closing: string[]): Expected | null {
  if (closing.at(-1) !== found) return null
  closing.pop()
  return 'comma or end'
}

function afterSpaces(text: string, start: number): number {
  let at = start
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at++
  return at
}
