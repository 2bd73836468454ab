import type { Pattern } from './pattern.ts'
import type {
  Answered,
  Clockwork,
  Close,
  Closed,
  Connect,
  Expect,
  Need,
  Reply,
  Request,
  Scenario,
  Send,
  Step,
  Stop,
} from './scenario.ts'

/** How scenarios are written. */

/** Steps and lists of steps, in order. */
export type Script = readonly (Step | Script)[]

export function source(name: string, needs: readonly Need[], ...script: Script): Scenario {
  return { name, origin: 'source', needs, steps: flat(script) }
}

export function ours(name: string, needs: readonly Need[], ...script: Script): Scenario {
  return { name, origin: 'ours', needs, steps: flat(script) }
}

function flat(script: Script): Step[] {
  return script.flatMap((part) => (isScript(part) ? flat(part) : [part]))
}

function isScript(part: Step | Script): part is Script {
  return Array.isArray(part)
}

export function connect(as: string, path: string, more: Omit<Connect, 'do' | 'as' | 'path'> = {}): Connect {
  return { do: 'connect', as, path, ...more }
}

/** The handshake is answered with a status. */
export function refused(
  path: string,
  status: number,
  reply?: Pattern,
  more: Pick<Connect, 'query' | 'headers' | 'subprotocols' | 'stream'> = {},
): Connect {
  return connect('refused', path, { refused: { status, ...(reply !== undefined && { reply }) }, ...more })
}

export function send(from: string, frame: unknown): Send {
  return { do: 'send', from, frame }
}

export function sendText(from: string, text: string): Send {
  return { do: 'send', from, text }
}

export function sendBinary(from: string, text: string): Send {
  return { do: 'send', from, text, binary: true }
}

export function sendZipped(from: string, frame: unknown): Send {
  return { do: 'send', from, frame, zipped: true }
}

export function expect(by: string, frame: Pattern, clock?: Clockwork): Expect {
  return { do: 'expect', by, frames: [frame], ...(clock && { clock }) }
}

/** Comes next but for any number of what is `amid`. */
export function expectAmid(by: string, amid: Pattern, frame: Pattern): Expect {
  return { do: 'expect', by, frames: [frame], amid }
}

export function expectZipped(by: string, frame: Pattern): Expect {
  return { do: 'expect', by, frames: [frame], zipped: true }
}

/** These must come next, in any order. */
export function expectAll(by: string, frames: readonly Pattern[], clock?: Clockwork): Expect {
  return { do: 'expect', by, frames, ...(clock && { clock }) }
}

export function closed(by: string, code: Pattern, clock?: Clockwork): Closed {
  return { do: 'closed', by, code, ...(clock && { clock }) }
}

export function close(by: string): Close {
  return { do: 'close', by }
}

/** As when the network breaks: no close frame. */
export function cut(by: string): Close {
  return { do: 'close', by, abruptly: true }
}

/** The server is stopped as planned. */
export const stop: Stop = { do: 'stop' }

export type Asked = Pick<Request, 'query' | 'headers' | 'json' | 'text'>

/** An HTTP request, and what must answer it. */
export function request(method: string, path: string, asked: Asked, status: number, json?: Pattern): Request {
  return { do: 'request', method, path, ...asked, reply: answered(status, json) }
}

/** Asks again until it is answered like this. */
export function eventually(
  method: string,
  path: string,
  asked: Asked,
  status: number,
  json?: Pattern,
): Request {
  return { ...request(method, path, asked, status, json), eventually: true }
}

/** An HTTP request that goes on while the next steps are taken. */
export function begin(as: string, method: string, path: string, asked: Asked): Request {
  return { do: 'request', as, method, path, ...asked }
}

export function reply(to: string, status: number, json?: Pattern, clock?: Clockwork): Reply {
  return { do: 'reply', to, reply: answered(status, json), ...(clock && { clock }) }
}

function answered(status: number, json: Pattern | undefined): Answered {
  return { status, ...(json !== undefined && { json }) }
}

export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}
