import { randomBytes } from 'node:crypto'
import type { Captures } from './match.ts'
import { NotApplicable, StepFailed } from './outcome.ts'
import type { Need } from './scenario.ts'
import type { ServerUnderTest } from './server.ts'
import { signToken } from './token.ts'

/** What one run of a scenario is played with: its names, and whatever it has captured. */
export class Stage {
  readonly #server: ServerUnderTest
  readonly #run = randomBytes(4).toString('hex')
  readonly #number = randomBytes(6).readUIntBE(0, 6) + 1
  readonly #captures: Captures = new Map()

  constructor(server: ServerUnderTest) {
    this.#server = server
  }

  capture(captures: Captures): void {
    for (const [name, value] of captures) this.#captures.set(name, value)
  }

  readonly lookup = (name: string): unknown => {
    if (this.#captures.has(name)) return this.#captures.get(name)
    if (name === 'run') return this.#run
    if (name === 'number') return this.#number
    if (name === 'secret') return this.#server.servicesSecret
    const [kind, rest = ''] = name.split(':')
    const [who = '', ...flags] = rest.split(' ')
    if (kind === 'user') return `${who}-${this.#run}`
    if (kind === 'token' && this.#server.secret !== undefined) {
      return signToken(this.#server.secret, `${who}-${this.#run}`, this.#number, flags)
    }
    throw new StepFailed(`nothing is known as {{${name}}}`)
  }

  /** Provides what a scenario needs, or throws `NotApplicable`. */
  async provide(needs: readonly Need[], hasRest: () => Promise<boolean>): Promise<void> {
    for (const need of needs) await this.#provide(need, hasRest)
  }

  async #provide(need: Need, hasRest: () => Promise<boolean>): Promise<void> {
    const { secret, servicesSecret, room, participant } = this.#server
    switch (need) {
      case 'tokens':
        if (secret === undefined) throw new NotApplicable('needs tokens: give --secret')
        return
      case 'secret':
        if (servicesSecret === undefined) throw new NotApplicable('needs --services-secret')
        return
      case 'rest':
        if (!(await hasRest())) throw new NotApplicable('needs the REST API for rooms')
        return
      case 'room':
        if (room !== undefined && participant !== undefined) {
          this.#captures.set('room', room).set('participant', participant)
        } else if (await hasRest()) {
          await this.#makeRoom()
        } else {
          throw new NotApplicable('needs a room: give --room and --participant')
        }
    }
  }

  async #makeRoom(): Promise<void> {
    const made = await createRoom(this.#server.url)
    if (made === null) throw new StepFailed('a room could not be made')
    this.#captures.set('room', made.room).set('participant', made.participant)
  }
}

/** Makes a room through the REST API. Null where that is not to be had. */
export async function createRoom(url: string): Promise<{ room: string; participant: string } | null> {
  try {
    const response = await fetch(`${url}/api/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const { roomId, participant } = (await response.json()) as {
      roomId?: string
      participant?: { participantId?: string }
    }
    const credential = participant?.participantId
    return roomId === undefined || credential === undefined ? null : { room: roomId, participant: credential }
  } catch {
    return null
  }
}
