import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '../client/http.ts'
import { cpuSeconds } from '../client/measure.ts'
import type { LoadSocket } from '../client/web-socket.ts'
import { type SpeechName, speeches } from '../speeches/all.ts'
import { messageBytes, type Speech, type Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface FanOut {
  readonly speech: SpeechName
  readonly rooms: number
  /** Subscribers of each room. */
  readonly perRoom: number
  /** How many messages are kept in flight in the room that is written to. */
  readonly windows: readonly number[]
  /** How long it runs before it is measured, in seconds: until then it also costs compiling. */
  readonly warmUp: number
  readonly seconds: number
}

/**
 * Deliveries per second of server CPU, for each window. W messages are kept in flight: a message is in flight until every
 * subscriber has it. With many rooms, W messages go to one room, and when all have arrived W to the next.
 */
export async function fanOut(target: Target, options: FanOut): Promise<Figures> {
  const speech = await speeches[options.speech](target)
  const rooms = Array.from({ length: options.rooms }, (_, index) => `room${String(index).padStart(5, '0')}`)
  await speech.prepare?.(rooms, options.perRoom)
  const load = new Load(speech, rooms, options.perRoom)
  const sockets = await load.join()
  const figures: Figures = {}
  for (const window of options.windows) {
    figures[`W = ${window}`] = await load.measure(target.pids, window, options)
  }
  for (const socket of sockets) socket.cut()
  speech.close()
  return figures
}

class Load {
  readonly #speech: Speech
  readonly #rooms: readonly string[]
  readonly #perRoom: number
  readonly #text = 'x'.repeat(messageBytes)
  #window = 0
  #room = 0
  /** Of the room that is written to now: messages sent, and messages that have arrived at somebody. */
  #sent = 0
  #arrived = 0
  #deliveries = 0
  #idle: () => void = () => {}

  constructor(speech: Speech, rooms: readonly string[], perRoom: number) {
    this.#speech = speech
    this.#rooms = rooms
    this.#perRoom = perRoom
  }

  async join(): Promise<LoadSocket[]> {
    const sockets: LoadSocket[] = []
    await inParallel(this.#rooms.length * this.#perRoom, 32, async (index) => {
      const socket = await this.#speech.join(this.#rooms[index % this.#rooms.length]!)
      socket.hear = (_opcode, buffer, start, end) => this.#heard(this.#speech.messagesIn(buffer, start, end))
      sockets.push(socket)
    })
    // What the last to come caused is still being told to the others.
    await pause(500)
    return sockets
  }

  async measure(pids: readonly number[], window: number, { warmUp, seconds }: FanOut): Promise<number> {
    this.#window = window
    this.#fill()
    await pause(warmUp * 1000)
    const [cpuBefore, before] = [cpuSeconds(pids), this.#deliveries]
    await pause(seconds * 1000)
    const [cpuAfter, after] = [cpuSeconds(pids), this.#deliveries]
    await this.#stop()
    return (after - before) / (cpuAfter - cpuBefore)
  }

  #heard(messages: number): void {
    this.#arrived += messages
    this.#deliveries += messages
    const complete = Math.floor(this.#arrived / this.#perRoom + 1e-6)
    if (this.#window > 0 && this.#rooms.length === 1) this.#fill()
    else if (complete < this.#sent) return
    else if (this.#window > 0) this.#nextRoom()
    else this.#idle()
  }

  #nextRoom(): void {
    this.#room = (this.#room + 1) % this.#rooms.length
    this.#sent = 0
    this.#arrived = 0
    this.#fill()
  }

  #fill(): void {
    const complete = Math.floor(this.#arrived / this.#perRoom + 1e-6)
    while (this.#sent - complete < this.#window) {
      this.#sent += 1
      this.#speech.publish(this.#rooms[this.#room]!, this.#text)
    }
  }

  #stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle = resolve
      this.#window = 0
    })
  }
}
