import type { StoredEntity } from '../../../ports/entities.ts'
import type { HttpReply, HttpRequest } from '../../../ports/http.ts'

/** How many the store is asked for at a time, so that it serves others in between. */
const page = 500

/** An array of what `read` finds, all of it or the part that the query names. */
export async function listReply(
  { query }: HttpRequest,
  read: (after: string | null, limit: number) => Promise<StoredEntity[]>,
): Promise<HttpReply> {
  const wanted = Number(query.get('limit') ?? Number.POSITIVE_INFINITY)
  const found = await readAll(read, query.get('after'), wanted)
  return jsonReply(arrayOf(found))
}

export async function readAll(
  read: (after: string | null, limit: number) => Promise<StoredEntity[]>,
  after: string | null = null,
  wanted = Number.POSITIVE_INFINITY,
): Promise<StoredEntity[]> {
  const found: StoredEntity[] = []
  for (;;) {
    const asked = Math.min(page, wanted - found.length)
    const next = await read(found.at(-1)?.id ?? after, asked)
    found.push(...next)
    if (next.length < asked || found.length === wanted) return found
  }
}

export function arrayOf(entities: readonly StoredEntity[]): string {
  return `[${entities.map(({ json }) => json).join(',')}]`
}

/** Entities are kept as JSON and sent as they are kept. */
export function jsonReply(json: string): HttpReply {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: json }
}

/** The JSON object with one member more. */
export function withMember(object: string, name: string, value: string): string {
  return `${object.slice(0, -1)},${JSON.stringify(name)}:${value}}`
}
