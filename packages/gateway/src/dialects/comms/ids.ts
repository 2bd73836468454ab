import { createHash } from 'node:crypto'

const wholeNumber = /^(0|-?[1-9][0-9]{0,15})$/

/** An id as JSON text: a number where JavaScript can hold it exactly, else a string, so that no digit is lost. */
export function idText(id: string): string {
  return wholeNumber.test(id) && Number.isSafeInteger(Number(id)) ? id : JSON.stringify(id)
}

/** An id out of a frame: a string, or an integer of any size (`decode.ts` gives large ones as bigints). */
export function idOf(value: unknown): string | null {
  const id = isInteger(value) ? String(value) : value
  return typeof id === 'string' && id.length >= 1 && id.length <= 200 ? id : null
}

/** An integer out of a frame, whatever its size. */
export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

/** The same UUID for the same user, always (RFC 9562 §5.8: version 8, from a SHA-256). */
export function uuidOf(userId: string): string {
  const bytes = createHash('sha256').update(`parlance user ${userId}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
