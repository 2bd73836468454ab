import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTestGateway, type TestGateway, testSecret } from '../../../test/harness.ts'
import { runCommand } from '../../../test/support/run-command.ts'
import { TestRoom } from '../../../test/support/test-room.ts'
import { WrongServer } from '../../../test/support/wrong-server.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

describe('parlance conform', () => {
  it('reports what has passed and what could not be tried, and why; its exit code is 0', async () => {
    const { code, stdout, stderr } = await runCommand([
      'conform',
      'comms',
      gateway.url,
      '--strict',
      '--patience',
      '0.1',
    ])
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^passed: 100 is sent at once/m)
    assert.match(
      stdout,
      /^not applicable: a heartbeat is answered with \{"f":120\} – needs tokens: give --secret$/m,
    )
    assert.match(stdout, /\n[0-9]+ passed, 0 failed, [0-9]+ not applicable\n$/)
    assert.doesNotMatch(stdout, /\(ours\)/)
  })

  it('takes a WebSocket address, and the secret from the environment', async () => {
    const args = ['conform', 'comms', gateway.url.replace('http', 'ws'), '--only', 'a heartbeat is answered']
    const { code, stdout } = await runCommand(args, { env: { PARLANCE_SECRET: testSecret } })
    assert.deepEqual([code, stdout.includes('1 passed, 0 failed, 0 not applicable')], [0, true])
  })

  it('shows of a scenario that fails what was expected and what came; its exit code is 1', async () => {
    const wrong = await WrongServer.before(gateway.url)
    try {
      wrong.commit({ kind: 'change', index: 0 })
      const args = ['conform', 'comms', wrong.url, '--only', '100 is sent at once']
      const { code, stdout, stderr } = await runCommand(args)
      assert.equal(code, 1)
      assert.match(stdout, /^FAILED: 100 is sent at once/)
      assert.match(
        stdout,
        /expected \{"f":100,"cnf":\{"hb_int":<integer>\}\}\n +got +\{"f_":100,"cnf":\{"hb_int":20000\}\}/,
      )
      assert.equal(stderr, 'parlance: not comms: 0 passed, 1 failed, 0 not applicable.\n')
    } finally {
      wrong.close()
    }
  })

  it('reports as JSON', async () => {
    const args = ['conform', 'channels', gateway.url, '--only', 'CONNECTED is the first frame', '--json']
    const { code, stdout } = await runCommand(args)
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout), {
      dialect: 'channels',
      url: gateway.url,
      outcomes: [
        {
          name: 'CONNECTED is the first frame: an id of one’s own, and who else is there',
          origin: 'source',
          result: 'passed',
        },
      ],
    })
  })

  it('tries a room that it is given', async () => {
    const room = await TestRoom.make(gateway)
    const own = ['--room', room.id, '--participant', room.admin.participantId]
    const { code } = await runCommand(['conform', 'rooms', gateway.url, ...own, '--only', 'hello (0)'])
    assert.equal(code, 0)
    const nobody = ['--room', room.id, '--participant', 'nobody']
    assert.equal(
      (await runCommand(['conform', 'rooms', gateway.url, ...nobody, '--only', 'hello (0)'])).code,
      1,
    )
  })

  it('says what is wrong with what it is given', async () => {
    const rows: [string[], RegExp][] = [
      [['smtp', gateway.url], /There is no protocol "smtp": rooms, comms, channels, messenger, services/],
      [['rooms', 'nonsense'], /must be an http\(s\) or ws\(s\) URL/],
      [['rooms', gateway.url, '--timeout', 'soon'], /--timeout must be a number of seconds/],
      [['rooms', gateway.url, '--only', 'there is no such scenario'], /no scenario could be tried/],
    ]
    for (const [args, sentence] of rows) {
      const { code, stderr } = await runCommand(['conform', ...args])
      assert.equal(code, 1)
      assert.match(stderr, sentence)
    }
  })
})
