import type { Core } from '../../ports/core.ts'
import type { Dialect, DialectTools } from '../../ports/dialect.ts'
import { emitRoutes } from './emit.ts'
import { refusal } from './errors.ts'
import { historyRoute } from './history.ts'
import { admit, listenRoute } from './listen.ts'
import type { ChannelsOptions } from './options.ts'
import type { House } from './stay.ts'

/** The `channels` protocol: `docs/protocols/channels.md`. */
export function channelsDialect(core: Core, options: ChannelsOptions, tools: DialectTools): Dialect {
  const house: House = { core, options, tools, stays: new Map() }
  return {
    name: 'channels',
    doors: [
      { address: 'ws /:channel/listen', says: 'hear what is emitted to a channel' },
      { address: 'POST /:channel/emit', says: 'emit JSON to it; GET with query parameters works too' },
      { address: 'GET /:channel/history', says: 'read what was emitted' },
    ],
    routes: [...emitRoutes(core, options, tools), listenRoute(house), historyRoute(core, tools)],
    upgrade: (request) =>
      request.segments.length === 2 && request.segments[1] === 'listen' ? admit(house, request) : null,
    refuse: refusal,
  }
}
