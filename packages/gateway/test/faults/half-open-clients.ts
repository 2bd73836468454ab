import { connectChannels, connectRooms, SocketClient, socketUrl, tokenFor } from '../harness.ts'
import { EventStream } from '../support/event-stream.ts'
import { MessengerClient } from '../support/messenger-client.ts'

/** Clients that run in a network of their own, to be cut off from the gateway whose address they are given. They live until killed. */
const gateway = { url: process.argv[2]! }
await connectRooms(gateway, { roomId: 'lobby', participantId: tokenFor('rooms') })
await connectChannels(gateway, 'lobby', { bearer: tokenFor('channels') })
const stream = await EventStream.open(`${gateway.url}/lobby/listen`, {
  authorization: `Bearer ${tokenFor('stream')}`,
})
await stream.next()
const comms = await SocketClient.open(socketUrl(gateway, '/comms'))
comms.send({ f: 110, cnf: { token: tokenFor('comms') } })
await comms.until<{ t: string }>(({ t }) => t === 'CHANNEL_MOVE')
const messenger = await MessengerClient.open(gateway, 'messenger')
await messenger.get('subscribe', {})
process.stdout.write('connected\n')
