import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ivLength = 12
const tagLength = 16

/**
 * Message contents under a client's own key: base64 of iv (12 bytes), AES-256-GCM ciphertext and tag (16 bytes)
 * (NIST SP 800-38D). The gateway has the key: this is not end-to-end encryption.
 */
export class Cipher {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  encrypt(text: string): string {
    const iv = randomBytes(ivLength)
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv)
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64')
  }

  /** Null for what was not encrypted with this key, or was changed on the way. */
  decrypt(encoded: string): string | null {
    const bytes = Buffer.from(encoded, 'base64')
    if (bytes.length < ivLength + tagLength) return null
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, ivLength))
    decipher.setAuthTag(bytes.subarray(bytes.length - tagLength))
    try {
      const body = decipher.update(bytes.subarray(ivLength, bytes.length - tagLength))
      return Buffer.concat([body, decipher.final()]).toString('utf8')
    } catch {
      return null
    }
  }
}
