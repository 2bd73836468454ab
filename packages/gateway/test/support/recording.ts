import type { HttpAnswer, Network } from '../../src/conformance/network.ts'
import { type Ending, HandshakeRefused, type Received, type WireEvents } from '../../src/conformance/peer.ts'
import type { Time } from '../../src/conformance/time.ts'
import { type Names, realWorld, type World } from '../../src/conformance/world.ts'
import { changed, type Fault, otherStatus } from './wrong-server.ts'

/** Something that came from a server: over a connection or in answer to a request, each counted from 0. */
type Message =
  | { readonly kind: 'frame'; readonly of: number; readonly frame: Received }
  | { readonly kind: 'ending'; readonly of: number; readonly ending: Ending }
  | { readonly kind: 'refusal'; readonly of: number; readonly answer: HttpAnswer }
  | { readonly kind: 'answer'; readonly of: number; readonly answer: HttpAnswer }

/** All that came from a server in one run of a scenario, in order. */
export interface Recording {
  readonly names: Names
  /** The subprotocols chosen, by connection. */
  readonly chosen: ReadonlyMap<number, string>
  readonly messages: readonly Message[]
}

/** The real world, with an ear in it. */
export function recorded(): { world: World; recording: Recording } {
  const names = realWorld.names()
  const chosen = new Map<number, string>()
  const messages: Message[] = []
  let connections = 0
  let requests = 0

  const listening = (of: number, events: WireEvents): WireEvents => {
    let left = false
    return {
      opened: (wire) =>
        events.opened({
          send: (data) => wire.send(data),
          close() {
            left = true
            wire.close()
          },
          terminate() {
            left = true
            wire.terminate()
          },
        }),
      received(frame) {
        messages.push({ kind: 'frame', of, frame })
        events.received(frame)
      },
      ended(ending) {
        // That a connection ends which the client has closed is the client's doing.
        if (!left) messages.push({ kind: 'ending', of, ending })
        events.ended(ending)
      },
    }
  }

  const connecting = async (open: (of: number) => ReturnType<Network['stream']>) => {
    const of = connections++
    try {
      const opened = await open(of)
      chosen.set(of, opened.chosen)
      return opened
    } catch (error) {
      if (error instanceof HandshakeRefused)
        messages.push({ kind: 'refusal', of, answer: { status: error.status, text: error.text } })
      throw error
    }
  }

  const { network, time } = realWorld
  return {
    recording: { names, chosen, messages },
    world: {
      time,
      names: () => names,
      network: {
        socket: (url, options, events) =>
          connecting((of) => network.socket(url, options, listening(of, events))),
        stream: (url, headers, events) =>
          connecting((of) => network.stream(url, headers, listening(of, events))),
        async request(url, options) {
          const of = requests++
          const answer = await network.request(url, options)
          messages.push({ kind: 'answer', of, answer })
          return answer
        },
      },
    },
  }
}

/**
 * A world in which all comes again as it was recorded, at once, whatever is sent. Time passes as soon as somebody waits, so that
 * waiting for what does not come takes none.
 */
export function replaying({ names, chosen, messages }: Recording): World {
  let connections = 0
  let requests = 0

  const open = async (events: WireEvents) => {
    const mine = messages.filter(({ kind, of }) => kind !== 'answer' && of === connections)
    const subprotocol = chosen.get(connections++)
    for (const message of mine) {
      if (message.kind === 'refusal') throw new HandshakeRefused(message.answer.status, message.answer.text)
    }
    if (subprotocol === undefined) throw new Error('the recording has no such connection')
    const end = () => events.ended({ code: 1000, reason: '' })
    events.opened({ send() {}, close: end, terminate: end })
    for (const message of mine) {
      if (message.kind === 'frame') events.received(message.frame)
      if (message.kind === 'ending') events.ended(message.ending)
    }
    return { chosen: subprotocol }
  }

  return {
    time: virtualTime(),
    names: () => names,
    network: {
      socket: (_url, _options, events) => open(events),
      stream: (_url, _headers, events) => open(events),
      async request() {
        const of = requests++
        const found = messages.find((message) => message.kind === 'answer' && message.of === of)
        if (found?.kind !== 'answer') throw new Error('the recording has no such answer')
        return found.answer
      },
    },
  }
}

function virtualTime(): Time {
  let now = 0
  return {
    now: () => now,
    after(ms, call) {
      const at = now + ms
      // Whatever can still happen without time passing happens first.
      const soon = setImmediate(() => {
        now = Math.max(now, at)
        call()
      })
      return () => clearImmediate(soon)
    },
  }
}

/** The recording with that fault; null where it cannot be: only frames can come twice. */
export function withFault(recording: Recording, { kind, index }: Fault): Recording | null {
  const message = recording.messages[index]
  if (message === undefined || (kind === 'double' && message.kind !== 'frame')) return null
  return { ...recording, messages: recording.messages.toSpliced(index, 1, ...faulty(message, kind)) }
}

function faulty(message: Message, kind: Fault['kind']): Message[] {
  if (message.kind === 'refusal' || message.kind === 'answer') {
    const { status, text } = message.answer
    return [{ ...message, answer: { status: otherStatus(status), text } }]
  }
  if (kind === 'drop') return []
  if (kind === 'double') return [message, message]
  if (message.kind === 'ending') {
    const { code, reason } = message.ending
    return [{ ...message, ending: { code: otherCode(code), reason } }]
  }
  return [{ ...message, frame: { ...message.frame, text: changed(message.frame.text) } }]
}

function otherCode(code: number): number {
  return (code % 1000) + 3500
}
