import { HttpPool, inParallel } from '../client/http.ts'
import { LoadSocket } from '../client/web-socket.ts'
import type { Speech, Target } from './speech.ts'

const digit3 = 0x33

/** Participants of rooms, each joined by the REST API; one of each room's writes in it. */
export function rooms({ port }: Target): Speech {
  const http = new HttpPool(port)
  const made = new Map<string, { id: string; writer: string; waiting: string[] }>()

  async function make(name: string, participants: number): Promise<void> {
    const body = JSON.stringify({ name: 'a writer', maxParticipants: participants + 1 })
    const { roomId: id, participant } = JSON.parse(await http.ask('POST', '/api/rooms', body))
    const waiting: string[] = []
    await inParallel(participants, 32, async (index) => {
      const joined = await http.ask(
        'POST',
        `/api/rooms/${id}/participants`,
        JSON.stringify({ name: `participant ${index}` }),
      )
      waiting.push(JSON.parse(joined).participantId)
    })
    made.set(name, { id, writer: participant.participantId, waiting })
  }

  return {
    async prepare(names, perRoom) {
      for (const name of names) await make(name, perRoom)
    },
    join(name) {
      const { id, waiting } = made.get(name)!
      return attend(port, id, waiting.pop()!)
    },
    messagesIn: isMessage,
    publish(name, text) {
      const { id, writer } = made.get(name)!
      void http.ask(
        'POST',
        `/api/rooms/${id}/messages`,
        JSON.stringify({ content: text }),
        `Bearer ${writer}`,
      )
    },
    close: () => http.close(),
  }
}

/** Resolves at the hello. In this protocol it comes before the connection is in the room, so a resume is begun, whose hello comes after. */
export async function attend(
  port: number,
  room: string,
  participant: string,
  since = '&resume=1',
  hello: (frame: string) => void = () => {},
): Promise<LoadSocket> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const path = `/gateway?roomId=${room}&participantId=${participant}${since}`
  const socket = await LoadSocket.open(port, path, () => (_opcode, buffer, start, end) => {
    hello(buffer.toString('utf8', start, end))
    resolve()
  })
  await promise
  socket.hear = () => {}
  return socket
}

/** `{"e":3,…` */
export function isMessage(buffer: Buffer, start: number): 0 | 1 {
  return buffer[start + 5] === digit3 ? 1 : 0
}
