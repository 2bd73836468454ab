import assert from 'node:assert/strict'
import type { HttpAnswer } from './http-client.ts'

/** The reply must be an error of the gateway's own shape. Gives what stands in it. */
export function expectRefusal(
  { status, headers, body, text }: HttpAnswer,
  wanted: number,
  code: string,
  message: RegExp,
): { code: string; message: string; retryAfter?: number } {
  assert.equal(status, wanted, text)
  assert.equal(body.error.code, code, text)
  assert.match(body.error.message, message)
  const { retryAfter } = body.error
  if (retryAfter !== undefined) assert.equal(headers.get('retry-after'), String(Math.ceil(retryAfter)))
  return body.error
}
