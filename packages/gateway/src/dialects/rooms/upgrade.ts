import { asProblem, Problem } from '../../model/problem.ts'
import type { ConnectionHandler } from '../../ports/connection.ts'
import type { Admission, UpgradeRequest } from '../../ports/dialect.ts'
import { closingFor } from './closings.ts'
import { RoomsSession, type SessionTools } from './session.ts'
import { grant, parseWish } from './visit.ts'

/** Answers `GET /gateway`. Everyone is let in; who cannot stay is closed at once, with the reason. */
export async function upgrade({ query }: UpgradeRequest, tools: SessionTools): Promise<Admission> {
  try {
    const visit = await grant(tools.core, parseWish(query))
    return { open: (connection) => new RoomsSession(connection, visit, tools) }
  } catch (error) {
    if (!(error instanceof Problem)) tools.log.error({ err: error }, 'a connection could not be judged')
    return refused(asProblem(error))
  }
}

function refused(problem: Problem): Admission {
  const { code, reason } = closingFor(problem)
  return {
    open(connection) {
      connection.close(code, reason, problem.code)
      return gone
    },
  }
}

/** Does nothing, for connections that are closed already. */
const gone: ConnectionHandler = { receive() {}, wake() {}, refuse() {}, closed() {} }
