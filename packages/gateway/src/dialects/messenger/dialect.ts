import { bearerOf } from '../../model/bearer.ts'
import { Problem } from '../../model/problem.ts'
import type { Core, User } from '../../ports/core.ts'
import type { Admission, Dialect, DialectTools, UpgradeRequest } from '../../ports/dialect.ts'
import type { MessengerOptions } from './options.ts'
import { Session } from './session.ts'

const subprotocol = 'parlance.messenger'

/** The dialect `messenger`: dialogs and groups, a log of one's own, requests that are answered once. */
export function messengerDialect(core: Core, options: MessengerOptions, tools: DialectTools): Dialect {
  async function admit(request: UpgradeRequest): Promise<Admission> {
    const { token, offered } = credential(request)
    if (token === null) throw new Problem('unauthorized', 'Connect with a token.')
    const user: User = await core.accounts.user(token)
    await core.mail.open(user.userId)
    return {
      ...(offered && { subprotocol }),
      open: (connection) => new Session(connection, user, core, options, tools),
    }
  }

  return {
    name: 'messenger',
    doors: [{ address: '/messenger', says: 'messenger: dialogs, groups and their events, with a token' }],
    routes: [],
    upgrade: (request) => (request.path === '/messenger' ? admit(request) : null),
  }
}

/** A browser cannot set headers on a WebSocket, so it offers the token as a second subprotocol (RFC 6455 §4.1). */
function credential(request: UpgradeRequest): { token: string | null; offered: boolean } {
  const protocols = (request.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim())
  const offered = protocols.includes(subprotocol)
  const bearer = bearerOf(request.header('authorization'))
  const inProtocols = offered ? protocols.find((name) => name !== subprotocol && name !== '') : undefined
  return { token: bearer ?? inProtocols ?? null, offered }
}
