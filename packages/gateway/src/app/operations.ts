import type { HttpReply, HttpRoute } from '../ports/http.ts'
import { frontPage } from './front-page.ts'
import type { MetricsPage } from './metrics.ts'

/** What keeps the gateway from taking work, or null when nothing does. */
export type Readiness = () => Promise<'starting' | 'draining' | 'store' | null>

interface OperationsOptions {
  readonly readiness: Readiness
  readonly metrics: MetricsPage
  readonly doors: readonly { readonly address: string; readonly says: string }[]
}

/** What operators and their machines ask of a gateway, and a word for who just looks in. */
export function operationRoutes({ readiness, metrics, doors }: OperationsOptions): HttpRoute[] {
  return [
    route('/', 'What can be connected where', (request) => {
      const isBrowser = request.header('accept')?.includes('text/html') ?? false
      const vary = { vary: 'Accept, Origin' }
      return isBrowser
        ? {
            status: 200,
            headers: { ...vary, 'content-type': 'text/html; charset=utf-8' },
            body: frontPage(doors),
          }
        : { status: 200, headers: vary, body: { name: 'parlance', openApi: '/api/openapi.json', doors } }
    }),
    route('/healthz', 'Whether the process lives', () => fresh(200, { status: 'ok' })),
    route('/readyz', 'Whether the gateway takes work', async () => {
      const obstacle = await readiness()
      return obstacle === null ? fresh(200, { status: 'ready' }) : fresh(503, { status: obstacle })
    }),
    route('/metrics', 'Figures in Prometheus’ text format', async () => {
      const { contentType, text } = await metrics.page()
      return { status: 200, headers: { 'content-type': contentType }, body: text }
    }),
  ]
}

function route(path: string, summary: string, answer: HttpRoute['answer']): HttpRoute {
  return {
    method: 'GET',
    path,
    summary,
    tag: 'operations',
    hidden: true,
    replies: { 200: { says: summary } },
    answer,
  }
}

function fresh(status: number, body: unknown): HttpReply {
  return { status, headers: { 'cache-control': 'no-store' }, body }
}
