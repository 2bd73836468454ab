const secrets: readonly (readonly [RegExp, string])[] = [
  // The query of a URL: tokens, participant credentials and resume tokens travel there.
  [/\?[A-Za-z0-9_.~%-]+=[^\s"\\]*/g, '?***'],
  // The last part of a webhook's link: who has it can post.
  [/(\/webhooks\/[0-9]+\/)[A-Za-z0-9_-]+/g, '$1***'],
  [/(Bearer )[^\s"\\]+/gi, '$1***'],
  // JSON Web Tokens begin so: `{"` in base64.
  [/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '***'],
]

/** What JSON leaves as it is, though a terminal obeys it: C1 controls, line and paragraph separators, changes of direction. */
const obeyed = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** JSON with these as escapes: the same JSON, and safe to print. */
export function escapeObeyed(json: string): string {
  return json.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A line of JSON without anything that opens a door, whatever field it came in by. Still JSON. */
export function maskSecrets(line: string): string {
  return secrets.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line)
}
