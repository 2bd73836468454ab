import type { Core } from '../../ports/core.ts'
import type { Dialect, DialectTools } from '../../ports/dialect.ts'
import { Directory } from './directory.ts'
import type { CommsOptions } from './options.ts'
import { CommsSession, type SessionTools } from './session.ts'
import { SessionKeeper } from './session-keeper.ts'

/** The dialect `comms`: `docs/protocols/comms.md`. */
export function commsDialect(core: Core, options: CommsOptions, tools: DialectTools): Dialect {
  const sessionTools: SessionTools = {
    ...tools,
    core,
    options,
    sessions: new SessionKeeper(core.sessions, tools.random),
    directory: new Directory(core.rooms),
  }
  return {
    name: 'comms',
    doors: [{ address: '/comms', says: 'chat in channels, frames { f, cnf, s, t }' }],
    routes: [],
    upgrade({ path }) {
      if (path !== '/comms') return null
      return Promise.resolve({
        maxMessage: options.maxPayload,
        open: (connection) => new CommsSession(connection, sessionTools),
      })
    },
  }
}
