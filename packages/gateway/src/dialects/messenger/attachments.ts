import Type, { type Static } from 'typebox'
import type { Attachment } from '../../model/message.ts'
import { Problem } from '../../model/problem.ts'

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

const metas = {
  file: Type.Object({ extension: text(20), size: whole }),
  image: Type.Object({ mimetype: text(100), width: whole, height: whole, size: whole }),
  video: Type.Object({ mimetype: text(100), width: whole, height: whole, size: whole, duration: whole }),
} as const

const common = { id: text(200), filename: text(255), url: text(2048) }

/** `meta` may also be written `payload`. */
function attachment(type: keyof typeof metas) {
  const meta = metas[type]
  return Type.Union([
    Type.Object({ type: Type.Literal(type), ...common, meta }),
    Type.Object({ type: Type.Literal(type), ...common, payload: meta }),
  ])
}

export const attachmentsSchema = Type.Array(
  Type.Union([attachment('file'), attachment('image'), attachment('video')]),
  { minItems: 1, maxItems: 10 },
)

const described = (type: keyof typeof metas) =>
  Type.Object({ type: Type.Literal(type), ...common, meta: metas[type] }, { additionalProperties: false })

/** As they are kept, and sent. */
export const keptAttachmentsSchema = Type.Array(
  Type.Union([described('file'), described('image'), described('video')]),
  { minItems: 1, maxItems: 10 },
)

type Written = Static<typeof attachmentsSchema>[number]

/** The attachments as they are kept: nothing but what the protocol names. Throws `invalid_payload` for a URL that is no web address. */
export function attachmentsFrom(written: readonly Written[]): Attachment[] {
  return written.map((one, index) => {
    const meta = 'meta' in one ? one.meta : one.payload
    checkUrl(one.url, index)
    return { type: one.type, id: one.id, filename: one.filename, url: one.url, meta: named(one.type, meta) }
  })
}

function named(type: Attachment['type'], meta: object): Attachment['meta'] {
  const names = Object.keys(metas[type].properties)
  return Object.fromEntries(
    Object.entries(meta).filter(([name]) => names.includes(name)),
  ) as Attachment['meta']
}

/** A link that is shown to others must not run anything: `javascript:`, `data:` and the like are refused. */
function checkUrl(url: string, index: number): void {
  const { protocol } = URL.parse(url) ?? { protocol: '' }
  if (protocol === 'http:' || protocol === 'https:') return
  throw new Problem('invalid_payload', `payload.attachments[${index}].url must be an http or https URL.`)
}
