import type { Captures } from './match.ts'
import type { Network } from './network.ts'
import { NotApplicable, StepFailed } from './outcome.ts'
import type { Need } from './scenario.ts'
import { seal } from './seal.ts'
import type { ServerUnderTest } from './server.ts'
import { signToken } from './token.ts'
import type { Names, World } from './world.ts'

/** What one run of a scenario is played with: its names, and whatever it has captured. */
export class Stage {
  readonly #server: ServerUnderTest
  readonly #network: Network
  readonly #names: Names
  readonly #captures: Captures = new Map()

  constructor(server: ServerUnderTest, { network, names }: World) {
    this.#server = server
    this.#network = network
    this.#names = names()
  }

  capture(captures: Captures): void {
    for (const [name, value] of captures) this.#captures.set(name, value)
  }

  readonly lookup = (name: string): unknown => {
    if (this.#captures.has(name)) return this.#captures.get(name)
    if (name === 'run') return this.#names.run
    if (name === 'number') return this.#names.number
    if (name === 'secret') return this.#server.servicesSecret
    const [kind, rest = ''] = name.split(':')
    const [who = '', ...flags] = rest.split(' ')
    if (kind === 'user') return `${who}-${this.#names.run}`
    if (kind === 'token' && this.#server.secret !== undefined) {
      return signToken(this.#server.secret, `${who}-${this.#names.run}`, this.#names.number, flags)
    }
    if (kind === 'sealed') return seal(String(this.lookup(who)), rest.slice(who.length + 1))
    throw new StepFailed(`nothing is known as {{${name}}}`)
  }

  /** Provides what a scenario needs, or throws `NotApplicable`. */
  async provide(needs: readonly Need[], hasRest: () => Promise<boolean>): Promise<void> {
    for (const need of needs) await this.#provide(need, hasRest)
  }

  async #provide(need: Need, hasRest: () => Promise<boolean>): Promise<void> {
    const { secret, servicesSecret, room, participant, stop, encrypts = false } = this.#server
    switch (need) {
      case 'stop':
        if (stop === undefined) throw new NotApplicable('needs a server that the runner can stop')
        return
      case 'encryption':
        if (!encrypts) throw new NotApplicable('needs a server that requires encryption')
        return
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
    const made = await createRoom(this.#server.url, this.#network)
    if (made === null) throw new StepFailed('a room could not be made')
    this.#captures.set('room', made.room).set('participant', made.participant)
  }
}

/** Makes a room through the REST API. Null where that is not to be had. */
export async function createRoom(
  url: string,
  network: Network,
): Promise<{ room: string; participant: string } | null> {
  try {
    const { text } = await network.request(new URL(`${url}/api/rooms`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const { roomId, participant } = JSON.parse(text) as {
      roomId?: string
      participant?: { participantId?: string }
    }
    const credential = participant?.participantId
    return roomId === undefined || credential === undefined ? null : { room: roomId, participant: credential }
  } catch {
    return null
  }
}
