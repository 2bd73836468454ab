import { Problem } from '../../../model/problem.ts'

/** A name as it is kept: trimmed, 2 to 32 characters (code points), no control characters. Throws `invalid_request`. */
export function nameOf(text: string, path: string): string {
  const name = tidy(text)
  const length = lengthOf(name)
  if (length < 2 || length > 32)
    throw new Problem('invalid_request', `"${path}" must have 2 to 32 characters, got ${length}.`)
  if (/\p{Cc}/u.test(name))
    throw new Problem('invalid_request', `"${path}" must not contain control characters.`)
  return name
}

/** A message as it is kept: trimmed, 1 to 2048 characters (code points). Throws `invalid_request`. */
export function contentOf(text: string): string {
  const content = tidy(text)
  const length = lengthOf(content)
  if (length < 1 || length > 2048)
    throw new Problem(
      'invalid_request',
      `"content" must have 1 to 2048 characters after trimming, got ${length}.`,
    )
  return content
}

/** `#rgb` and `#rrggbb`, as `#rrggbb` in lower case. The schema has seen that it is one of them. */
export function colorOf(text: string): string {
  const color = text.toLowerCase()
  return color.length === 4 ? color.replaceAll(/[0-9a-f]/g, '$&$&') : color
}

/** Half a surrogate pair would be another character in a replay than it was live: UTF-8 has no such thing (RFC 3629 §3). */
function tidy(text: string): string {
  return text.toWellFormed().trim()
}

function lengthOf(text: string): number {
  return [...text].length
}
