import { createReadStream } from 'node:fs'
import type { Socket } from 'node:net'
import { addressBytes } from './address.ts'

/** What is known of the bytes that one socket was written. */
export interface Delivery {
  /** That the system of the other end has acknowledged, over the whole life of the socket. */
  readonly acknowledged: number
  /** Whether the oldest of the others were sent again, in vain so far. */
  readonly retried: boolean
}

const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6']

/** Of a row: the port here, the address and port there, bytes written and not acknowledged, tries since they last were (proc_net_tcp). */
const row =
  /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) .. ([0-9A-F]{8}):[0-9A-F]{8} ..:[0-9A-F]{8} ([0-9A-F]{8})/gm

/** Asks the system, which only Linux lets one. What cannot be told of is left out. */
export async function deliveries(sockets: readonly Socket[]): Promise<ReadonlyMap<Socket, Delivery>> {
  // Taken before the system is asked: what is written meanwhile may not pass for acknowledged.
  const asked = new Map(sockets.map((socket) => [keyOf(socket), { socket, taken: bytesTaken(socket) }]))
  const found = new Map<Socket, Delivery>()
  if (asked.size === 0) return found
  for (const table of tables) {
    for await (const rows of piecesOf(table)) {
      for (const [, port, peer, unacknowledged, retries] of rows.matchAll(row)) {
        const one = asked.get(`${port} ${peer}`)
        if (one === undefined) continue
        const acknowledged = one.taken - Number.parseInt(unacknowledged!, 16)
        found.set(one.socket, { acknowledged, retried: Number.parseInt(retries!, 16) > 0 })
      }
    }
  }
  return found
}

/** Some rows at a time: with tens of thousands of sockets, all at once would hold up the event loop. Nothing where there is no such table. */
async function* piecesOf(path: string): AsyncGenerator<string> {
  let text = ''
  try {
    for await (const chunk of createReadStream(path, 'latin1')) {
      text += chunk
      const end = text.lastIndexOf('\n') + 1
      yield text.slice(0, end)
      text = text.slice(end)
    }
  } catch {
    // Another system, or no file can be opened: nothing is known, and nobody is judged.
  }
}

/** Written and handed to the system. */
function bytesTaken({ bytesWritten, writableLength }: Socket): number {
  return bytesWritten - writableLength
}

function keyOf({ localPort = 0, remotePort = 0, remoteAddress = '' }: Socket): string {
  return `${hex(localPort, 4)} ${words(addressBytes(remoteAddress))}:${hex(remotePort, 4)}`
}

/** The kernel writes each four bytes of an address as one number of this machine, whose lowest byte comes first. */
function words(bytes: readonly number[]): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4) {
    text += bytes
      .slice(at, at + 4)
      .toReversed()
      .map((byte) => hex(byte, 2))
      .join('')
  }
  return text
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0')
}
