import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { decodeJwt, jwtVerify } from 'jose'
import { runCommand } from '../../../test/support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlance-commands-'))
after(() => rmSync(folder, { recursive: true }))

const keyOf = (secret: string) => new TextEncoder().encode(secret)

describe('parlance', () => {
  it('teaches with --help', async () => {
    const { code, stdout } = await runCommand(['--help'])
    assert.equal(code, 0)
    for (const word of ['serve', 'token', 'listen', 'emit', 'check-config'])
      assert.match(stdout, new RegExp(word))
    assert.match(stdout, /parlance emit lobby '\{"content":"hello"\}'/)
    const { stdout: more } = await runCommand(['help', 'emit'])
    assert.match(more, /--require-ack[\s\S]*Examples:/)
  })

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'))
    assert.equal((await runCommand(['--version'])).stdout, `${version}\n`)
  })

  it('names a command or an option it does not know', async () => {
    const command = await runCommand(['serv'])
    assert.equal(command.code, 1)
    assert.match(command.stderr, /unknown command 'serv'[\s\S]*serve/)
    const option = await runCommand(['serve', '--prot', '1'])
    assert.equal(option.code, 1)
    assert.match(option.stderr, /unknown option '--prot'[\s\S]*--port/)
  })
})

describe('parlance token', () => {
  it('prints a token and nothing else, signed with the configured secret', async () => {
    const env = {
      PARLANCE_SECRET: 'opensesame',
      PARLANCE_JWT_ISSUER: 'parlance',
      PARLANCE_JWT_AUDIENCE: 'chat',
    }
    const args = ['token', '--sub', 'ada', '--name', 'Ada', '--admin', '--bot', '--ttl', '30m']
    const { code, stdout, stderr } = await runCommand(args, { env })
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const { payload, protectedHeader } = await jwtVerify(stdout.trim(), keyOf('opensesame'))
    assert.deepEqual(protectedHeader, { alg: 'HS256', typ: 'JWT' })
    const { iat = 0, exp = 0, ...claims } = payload
    assert.deepEqual(claims, {
      sub: 'ada',
      name: 'Ada',
      admin: true,
      bot: true,
      iss: 'parlance',
      aud: 'chat',
    })
    assert.equal(exp - iat, 1800)
  })

  it('is good for an hour where nothing else is said', async () => {
    const { stdout } = await runCommand(['token', '--sub', 'ada'], { env: { PARLANCE_SECRET: 'x' } })
    const { iat = 0, exp = 0, ...claims } = decodeJwt(stdout.trim())
    assert.deepEqual(claims, { sub: 'ada' })
    assert.equal(exp - iat, 3600)
  })

  it('signs with the secret of the data folder, and makes that where it is not there', async () => {
    const data = join(folder, 'made')
    const { stdout } = await runCommand(['token', '--sub', 'ada', '--data', data])
    const secret = readFileSync(join(data, 'secret'), 'utf8').trim()
    const [head, payload, signature] = stdout.trim().split('.')
    assert.equal(signature, createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url'))
    const again = await runCommand(['token', '--sub', 'bob', '--data', data])
    await jwtVerify(again.stdout.trim(), keyOf(secret))
  })

  it('refuses a time it cannot read, and to be for nobody', async () => {
    const time = await runCommand(['token', '--sub', 'ada', '--ttl', 'soon', '--data', folder])
    assert.deepEqual([time.code, time.stdout], [1, ''])
    assert.match(
      time.stderr,
      /^parlance: --ttl must be a number and s, m, h or d, such as 30m, got "soon"\.\n$/,
    )
    const nobody = await runCommand(['token'])
    assert.equal(nobody.code, 1)
    assert.match(nobody.stderr, /required option '--sub <user>'/)
    for (const sub of ['', 'system', 'x'.repeat(201)]) {
      const { code, stdout, stderr } = await runCommand(['token', '--sub', sub, '--data', folder])
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^parlance: --sub must be 1 to 200 characters, other than "system"/)
    }
  })

  it('refuses production mode without a secret', async () => {
    const { code, stderr } = await runCommand([
      'token',
      '--sub',
      'ada',
      '--mode',
      'production',
      '--data',
      folder,
    ])
    assert.equal(code, 1)
    assert.match(stderr, /^config: secret must be set in production mode/)
  })
})

describe('parlance check-config', () => {
  it('prints what holds, secrets masked', async () => {
    const file = join(folder, 'good.yaml')
    writeFileSync(file, 'port: 1\nsecret: opensesame\n')
    const env = { PARLANCE_HOST: '::1', PARLANCE_SERVICES_SECRET: 'opensesame' }
    const { code, stdout } = await runCommand(['check-config', '--config', file], { env })
    assert.equal(code, 0)
    assert.match(stdout, /^port: 1$/m)
    assert.match(stdout, /^host: "?::1"?$/m)
    assert.match(stdout, /^secret: "?\*\*\*"?$/m)
    assert.doesNotMatch(stdout, /opensesame/)
  })

  it('names every mistake', async () => {
    const file = join(folder, 'bad.yaml')
    writeFileSync(file, 'port: x\nhots: a\n')
    const { code, stdout, stderr } = await runCommand(['check-config', '--config', file])
    assert.deepEqual([code, stdout], [1, ''])
    assert.equal(
      stderr,
      `config: there is no key hots; did you mean host? (from ${file})\n` +
        `config: port must be an integer from 0 to 65535, got "x" (from ${file})\n`,
    )
  })
})
