import { type HttpAnswer, http, type Target, tokenFor } from '../../harness.ts'
import { CommsClient, type CommsFrame } from '../../support/comms-client.ts'
import { MessengerClient } from '../../support/messenger-client.ts'
import { servicesSecret } from '../../support/service-gateway.ts'
import { room } from './follower.ts'
import { waysIn } from './ways-in.ts'

/** Something that the store has to keep, and what is answered where it is kept, and where it cannot be. */
export interface KeptAct {
  readonly what: string
  readonly kept: unknown
  readonly refused: unknown
  ask(): Promise<unknown>
}

/** Messages are larger than what is left of a page, so that no write can do without the disk. */
export const contentBy = (protocol: string) => `by ${protocol} ${'x'.repeat(1500)}`

const bearers = {
  bob: tokenFor('bob', { name: 'bob' }),
  carol: tokenFor('carol', { name: 'carol' }),
  boss: tokenFor('boss', { name: 'boss', admin: true }),
}

/** Something of each kind, by each protocol that can do it, in an order in which all can be done. Bob must be a participant of the room. */
export async function keptActs(target: Target): Promise<KeptAct[]> {
  const comms = await CommsClient.join(target, 'bob')
  const admin = await CommsClient.join(target, 'boss', { name: 'boss', admin: true })
  const banned = await CommsClient.join(target, 'mallory')
  const messenger = await MessengerClient.open(target, 'bob')

  /** What becomes of a request to `rooms`. */
  const rest = (
    what: string,
    by: keyof typeof bearers,
    [method, path, json]: readonly [string, string, unknown],
    status: number,
  ): KeptAct => ({
    what,
    kept: [status, undefined],
    refused: [503, 'store_failed'],
    ask: async () => {
      const answer = await http(target, method, path, { bearer: bearers[by], json })
      return [answer.status, answer.body.error?.code]
    },
  })
  const emit = (what: string, channel: string): KeptAct => ({
    what,
    kept: [200, undefined],
    refused: [503, 'STORE_FAILED'],
    ask: async () => {
      const { status, body }: HttpAnswer = await http(target, 'POST', `/${channel}/emit`, {
        json: { content: contentBy('channels') },
      })
      return [status, body.code]
    },
  })
  /** Who does something by `comms` is told of it like everyone else, in an event of the same name. */
  const execute = (
    what: string,
    client: CommsClient,
    t: string,
    cnf: Readonly<Record<string, string>>,
  ): KeptAct => ({
    what,
    kept: t,
    refused: { c: 99, d: false, m: '', s: 7 },
    ask: async () => {
      client.execute(t, cnf, 7)
      const [named = ''] = Object.values(cnf)
      const frame = await client.socket.until<CommsFrame>(
        (frame) => frame.f === 150 || (frame.t === t && JSON.stringify(frame.cnf).includes(named)),
      )
      return frame.f === 150 ? { ...frame.cnf, m: '' } : frame.t
    },
  })
  const request = (what: string, name: string, payload: object): KeptAct => ({
    what,
    kept: undefined,
    refused: 'store_failed',
    ask: () => messenger.refused(name, payload),
  })

  const participants = `/api/rooms/${room}/participants`
  const content = contentBy('rooms')
  const ban = execute('a ban from the gateway', admin, 'SYSTEM_BAN_ADD', { user: 'mallory' })
  return [
    emit('a message, by channels', room),
    rest('a message, by rooms', 'bob', ['POST', `/api/rooms/${room}/messages`, { content }], 201),
    execute('a message, by comms', comms, 'MESSAGE_CREATE', { content: contentBy('comms') }),
    request('a message, by messenger', 'new', { chatId: room, message: contentBy('messenger') }),
    emit('a room, by using it', 'elsewhere'),
    rest('a room, by rooms', 'bob', ['POST', '/api/rooms', { name: 'new room' }], 201),
    execute('a room, by comms', admin, 'CHANNEL_ADD', { name: 'new channel' }),
    request('a room, by messenger', 'createGroup', { groupName: 'new group', members: ['boss'] }),
    rest('a participant', 'carol', ['POST', participants, { name: 'carol' }], 201),
    rest('a ban', 'boss', ['PATCH', `${participants}/carol`, { banned: true }], 200),
    {
      ...ban,
      kept: 4005,
      ask: () => Promise.race([banned.socket.closed.then(({ code }) => code), ban.ask()]),
    },
    {
      what: 'an entity of a service',
      kept: 200,
      refused: 1013,
      async ask() {
        const service = await waysIn.services(target, '')
        service.send({ op: 5, d: { type: 'user', id: '5', username: 'x' } })
        const headers = { authorization: servicesSecret }
        const { status } = await http(target, 'GET', '/v1/discord/users/5', { headers })
        if (status === 200) await service.terminate()
        return status === 200 ? status : (await service.closed).code
      },
    },
  ]
}
