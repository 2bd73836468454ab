/**
 * A sharder that has no Discord behind it: it keeps one guild of its own invention in the cache and sends commands to whoever
 * executes them. Start the gateway, then
 *
 *     npx node examples/sharder.ts --secret "$(cat data/services-secret)"
 *
 * Options: --url, --secret, --guild <id>, --members <n>, --commands <n>, --every <milliseconds>.
 */
import { connectService } from './service-connection.ts'
import { setting } from './setting.ts'

const guild = setting('guild', 'GUILD', '254768930223161344')
const members = Number(setting('members', 'MEMBERS', '100'))
const commands = Number(setting('commands', 'COMMANDS', '1000000'))
const every = Number(setting('every', 'EVERY', '1000'))
let shards: number[] = []
let sent = 0

const connection = connectService({
  url: setting('url', 'PARLANCE_SERVICES_URL', 'ws://127.0.0.1:8080/ws/v1'),
  secret: setting('secret', 'PARLANCE_SERVICES_SECRET'),
  type: 'sharder',
  report: () => ({ guilds: 1 }),
  identified(data) {
    shards = data.shards as number[]
    console.log(`identified, shards [${shards.join(', ')}]`)
    if (shards.length > 0) cacheGuild()
  },
  event(name) {
    console.log(`got ${name}`)
  },
  disconnected: (reason) => console.log(`disconnected: ${reason}`),
})

function cacheGuild(): void {
  connection.send({
    op: 5,
    d: {
      type: 'guild',
      id: guild,
      name: 'An example',
      icon: null,
      ownerID: '155112606661607425',
      region: 'us-east',
      memberCount: members,
      roles: [{ id: guild, name: '@everyone', color: 0, position: 0, permissions: 104324673 }],
      channels: [{ id: '254770965018443776', type: 0, name: 'general', position: 0, nsfw: false }],
      voiceStates: [],
    },
  })
  const step = 1000
  for (let first = 0; first < members; first += step) {
    const some = Array.from({ length: Math.min(step, members - first) }, (_, i) => memberOf(first + i))
    connection.send({ op: 5, d: some as unknown as Record<string, unknown> })
  }
  console.log(`cached the guild ${guild} and ${members} members`)
}

function memberOf(number: number): Record<string, unknown> {
  const id = String(155112606661600000n + BigInt(number))
  const discriminator = String(number % 10_000).padStart(4, '0')
  return {
    type: 'member',
    id,
    guildID: guild,
    nickname: null,
    roles: [guild],
    joinedAt: '2018-08-16T12:00:00.000Z',
    user: { id, username: `member ${number}`, discriminator, avatar: null, bot: false },
  }
}

/** Commands are sent by whoever has shards, and only while there is a connection. */
function sendCommand(): void {
  const data = {
    command: 'echo',
    raw: String(sent),
    ids: {
      message: String(479455578708639755n + BigInt(sent)),
      author: '155112606661607425',
      channel: '254770965018443776',
      guild,
      shard: shards[0] ?? 0,
    },
  }
  if (shards.length === 0 || !connection.send({ op: 2, t: 'EXECUTE_COMMAND', d: data })) return
  console.log(`sent ${sent}`)
  sent += 1
  if (sent === commands) clearInterval(sending)
}

const sending = setInterval(sendCommand, every)
process.once('SIGINT', () => {
  clearInterval(sending)
  connection.close()
})
