import { Problem } from '../../model/problem.ts'
import { checkRoomName } from '../../model/room-name.ts'

/** A channel's name out of its address, given percent-decoded (null: it could not be decoded), of at most so many characters. */
export function checkChannelName(name: string | null | undefined, longest: number): string {
  if (typeof name === 'string') return checkRoomName(name, longest)
  throw new Problem(
    'invalid_request',
    'A channel name is percent-encoded where it is not of A–Z, a–z, 0–9 or "_.~-".',
  )
}

/** Tells whether a channel fits one of the patterns, in which `*` stands for any characters and the rest for itself. */
export function matcher(patterns: readonly string[]): (channel: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}$`, 'su')
  })
  return (channel) => expressions.some((expression) => expression.test(channel))
}
