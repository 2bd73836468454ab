/**
 * A worker that executes the commands of a sharder by printing them. Start as many as there is work for: each command goes to
 * one of them, the least busy.
 *
 *     npx node examples/command-worker.ts --secret "$(cat data/services-secret)"
 *
 * Options: --url, --secret, --work <milliseconds that a command takes>.
 */
import { connectService } from './service-connection.ts'
import { setting } from './setting.ts'

const work = Number(setting('work', 'WORK', '0'))
let busy = 0

const connection = connectService({
  url: setting('url', 'PARLANCE_SERVICES_URL', 'ws://127.0.0.1:8080/ws/v1'),
  secret: setting('secret', 'PARLANCE_SERVICES_SECRET'),
  type: 'commands',
  report: () => ({ busy }),
  identified: () => console.log('identified'),
  event(name, data) {
    if (name !== 'EXECUTE_COMMAND') return
    busy += 1
    setTimeout(() => {
      busy -= 1
      console.log(`executed ${data.command} ${data.raw}`)
    }, work)
  },
  disconnected: (reason) => console.log(`disconnected: ${reason}`),
})

process.once('SIGINT', () => connection.close())
