import type { HearFrame } from '../client/frames.ts'
import { type HttpPool, inParallel } from '../client/http.ts'
import { tokenOf } from '../client/token.ts'
import { LoadSocket } from '../client/web-socket.ts'

/** A client that can be cut, and come back where it was. */
export interface Resumable {
  /** Numbers of the events heard since it was cut. */
  readonly heard: number[]
  join(): Promise<void>
  cut(): void
  resume(): Promise<void>
}

/** Makes a client of a room. */
export interface MakeResumable {
  (room: number): Resumable
  publish(room: number, text: string): Promise<void>
}

const eventNumber = /"event (\d+)"/

async function resumableChannels(port: number, http: HttpPool): Promise<MakeResumable> {
  let users = 0
  const make = (room: number): Resumable => {
    const path = `/channel${room}/listen?token=${tokenOf(`user ${users++}`)}`
    return new Client(
      port,
      (greeting) => {
        const { eventID, payload } = greeting as { eventID: string; payload: { resumeToken: string } }
        return `${path}&since=${eventID}&resumeToken=${payload.resumeToken}`
      },
      path,
    )
  }
  return Object.assign(make, {
    async publish(room: number, text: string) {
      await http.ask('POST', `/channel${room}/emit`, JSON.stringify(text))
    },
  })
}

async function resumableRooms(
  port: number,
  http: HttpPool,
  rooms: number,
  perRoom: number,
): Promise<MakeResumable> {
  const made: { path: string; id: string; writer: string; waiting: string[] }[] = []
  for (let index = 0; index < rooms; index++) {
    const body = JSON.stringify({ name: 'a writer', maxParticipants: perRoom + 1 })
    const { roomId: id, participant } = JSON.parse(await http.ask('POST', '/api/rooms', body))
    const waiting: string[] = []
    await inParallel(perRoom, 32, async (number) => {
      const joiner = JSON.stringify({ name: `participant ${number}` })
      waiting.push(JSON.parse(await http.ask('POST', `/api/rooms/${id}/participants`, joiner)).participantId)
    })
    made.push({
      path: `/gateway?roomId=${id}&participantId=`,
      id,
      writer: participant.participantId,
      waiting,
    })
  }
  const make = (room: number): Resumable => {
    const path = made[room]!.path + made[room]!.waiting.pop()!
    return new Client(
      port,
      (greeting) => {
        const { epoch, s } = (greeting as { d: { epoch: string; s: number } }).d
        return `${path}&since=${s}&epoch=${epoch}`
      },
      `${path}&resume=1`,
    )
  }
  return Object.assign(make, {
    async publish(room: number, text: string) {
      const { id, writer } = made[room]!
      await http.ask(
        'POST',
        `/api/rooms/${id}/messages`,
        JSON.stringify({ content: text }),
        `Bearer ${writer}`,
      )
    },
  })
}

export const resumables = { channels: resumableChannels, rooms: resumableRooms }

export type ResumableName = keyof typeof resumables

class Client implements Resumable {
  readonly heard: number[] = []
  readonly #port: number
  readonly #again: (greeting: unknown) => string
  #path: string
  #socket: LoadSocket | null = null

  /** `again` says the path to come back with, from the greeting. */
  constructor(port: number, again: (greeting: unknown) => string, path: string) {
    this.#port = port
    this.#again = again
    this.#path = path
  }

  async join(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<string>()
    this.#socket = await this.#open((frame) => resolve(frame))
    this.#path = this.#again(JSON.parse(await promise))
  }

  cut(): void {
    this.#socket?.cut()
    this.heard.length = 0
  }

  async resume(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#socket = await this.#open((frame) => {
      if (!frame.includes('"recovered":true')) throw new Error(`not recovered: ${frame.slice(0, 500)}`)
      resolve()
    })
    await promise
  }

  /** The first frame is the greeting; of the others those count that bear the number of an event. */
  #open(greeted: (frame: string) => void): Promise<LoadSocket> {
    let first = true
    const hear: HearFrame = (_opcode, buffer, start, end) => {
      const frame = buffer.toString('utf8', start, end)
      const event = first ? null : eventNumber.exec(frame)
      if (event !== null) this.heard.push(Number(event[1]))
      if (first) greeted(frame)
      first = false
    }
    return LoadSocket.open(this.#port, this.#path, () => hear)
  }
}
