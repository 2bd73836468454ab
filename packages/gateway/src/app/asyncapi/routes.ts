import type { FrameTable } from '../../ports/frame-table.ts'
import type { HttpRoute } from '../../ports/http.ts'
import { asyncApiDocument } from './document.ts'

/** `/api/asyncapi/<dialect>.json`, for each protocol that is spoken. */
export function asyncApiRoutes(tables: readonly FrameTable[], version: string): HttpRoute[] {
  return tables.map((table) => {
    const summary = `The AsyncAPI 3.0 document of ${table.title}`
    return {
      method: 'GET',
      path: `/api/asyncapi/${table.title}.json`,
      summary,
      tag: 'operations',
      hidden: true,
      replies: { 200: { says: summary } },
      answer: () => ({ status: 200, body: asyncApiDocument(table, version) }),
    }
  })
}
