import type { WebSocket } from 'ws'
import { connectChannels, connectRooms, socketUrl, type Target, tokenFor } from '../../harness.ts'
import { CommsClient } from '../../support/comms-client.ts'
import { MessengerClient } from '../../support/messenger-client.ts'
import { ServiceClient } from '../../support/service-client.ts'
import { servicesSecret } from '../../support/service-gateway.ts'
import type { Closing } from '../../support/socket-client.ts'
import { room } from './follower.ts'
import { hour } from './writing.ts'

/** Someone who has come in: identified, in the room, subscribed; who listens, and gives no sign of life. */
export interface Guest {
  readonly socket: WebSocket
  readonly closed: Promise<Closing>
  nextText(): Promise<string>
  send(frame: unknown): void
  close(): Promise<Closing>
  terminate(): Promise<Closing>
}

/** How each protocol is come in by. A service needs to know how often it is to beat, and is not of the room. */
export const waysIn = {
  async rooms(target: Target, user: string): Promise<Guest> {
    const client = await connectRooms(target, { roomId: room, participantId: tokenFor(user) })
    await client.next()
    return client
  },
  comms: async (target: Target, user: string): Promise<Guest> =>
    (await CommsClient.join(target, user)).socket,
  async channels(target: Target, user: string): Promise<Guest> {
    const client = await connectChannels(target, room, { bearer: tokenFor(user) })
    await client.next()
    return client
  },
  async messenger(target: Target, user: string): Promise<Guest> {
    const client = await MessengerClient.open(target, user, { autoPong: false })
    await client.get('subscribe', {})
    return client.socket
  },
  async services(target: Target, _user: string, interval: number = hour): Promise<ServiceClient> {
    const client = await ServiceClient.open(socketUrl(target, '/ws/v1'), interval)
    await client.identify({ type: 'panel', secret: servicesSecret })
    return client
  },
} as const

export type Protocol = keyof typeof waysIn

export const protocols = Object.keys(waysIn) as readonly Protocol[]
