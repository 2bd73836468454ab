import { hash } from 'node:crypto'

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
  const hex = hash('sha256', `parlance user ${userId}`)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
