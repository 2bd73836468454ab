import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { after, describe, it } from 'node:test'
import { http } from '../harness.ts'
import { TestRoom } from '../support/test-room.ts'
import { wrongLinks } from '../support/wrong-links.ts'
import { Victim } from './support/victim.ts'

const victim = await Victim.start({ after }, { rooms: { joinsPerSecond: 0, messagesPerSecond: 0 } })
const room = await TestRoom.make(victim.gateway)

/** The ports that this process connects to meanwhile. */
async function portsAskedBy(attack: () => Promise<void>): Promise<Set<number | undefined>> {
  const ports = new Set<number | undefined>()
  const note = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    socket.once('connect', () => ports.add(socket.remotePort))
    socket.once('error', () => ports.add(undefined))
  }
  subscribe('net.client.socket', note)
  await attack()
  unsubscribe('net.client.socket', note)
  return ports
}

describe('the link of a webhook', () => {
  it('that leads inside, or elsewhere than it says, is refused wherever one is taken, and nobody is asked for it', async () => {
    assert.ok(new Set(wrongLinks).size >= 40)
    const attack = async () => {
      for (const discordWebhookLink of wrongLinks) {
        const made = await http(victim.gateway, 'POST', '/api/rooms', { json: { discordWebhookLink } })
        assert.deepEqual([made.status, made.body.error.code], [400, 'invalid_request'], discordWebhookLink)
        const changed = await room.ask(room.admin, 'PATCH', '', { json: { discordWebhookLink } })
        assert.deepEqual([changed.status, changed.body.error.code], [400, 'invalid_request'])
        await room.post(room.admin, 'to nobody outside')
      }
    }
    const ports = await portsAskedBy(() => victim.forgets(attack))
    assert.deepEqual([...ports], [victim.port])
  })
})
