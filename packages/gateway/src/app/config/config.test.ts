import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { keys } from './keys.ts'
import { ConfigError, configOf } from './load.ts'
import { type ConfigSources, readConfig } from './read.ts'
import { showConfig } from './show.ts'

const folder = mkdtempSync(join(tmpdir(), 'parlance-config-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0
function file(text: string): string {
  const path = join(folder, `${++files}.yaml`)
  writeFileSync(path, text)
  return path
}

const read = (sources: Partial<ConfigSources>) => readConfig({ flags: {}, env: {}, ...sources })

async function mistakesOf(sources: Partial<ConfigSources>): Promise<readonly string[]> {
  try {
    await read(sources)
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
  return []
}

const longSecret = 'a random text of at least 32 characters'

describe('the configuration', () => {
  it('has a default for every key', async () => {
    const config = await read({})
    assert.equal(config.port, 8080)
    assert.equal(config.host, '127.0.0.1')
    assert.equal(config.mode, 'development')
    assert.deepEqual(config.retention.members, { events: 100_000, ageDays: 0 })
  })

  it('takes defaults that the keys themselves would accept', () => {
    assert.doesNotThrow(() => configOf(structuredClone(configOf({}))))
  })

  it('takes options over the environment over the file over defaults', async () => {
    const sources = {
      flags: { port: '1' },
      env: { PARLANCE_PORT: '2', PARLANCE_HOST: '::1' },
      file: file('port: 3\nhost: 0.0.0.0\ndata: /somewhere\n'),
    }
    const { port, host, data, mode } = await read(sources)
    assert.deepEqual(
      { port, host, data, mode },
      { port: 1, host: '::1', data: '/somewhere', mode: 'development' },
    )
  })

  it('has a variable of its own for every key', () => {
    assert.equal(new Set(keys.map((key) => key.env)).size, keys.length)
    const names = Object.fromEntries(keys.map((key) => [key.name, key.env]))
    assert.equal(names.port, 'PARLANCE_PORT')
    assert.equal(names.servicesSecret, 'PARLANCE_SERVICES_SECRET')
    assert.equal(names['rooms.maxParticipants'], 'PARLANCE_ROOMS_MAX_PARTICIPANTS')
    assert.equal(names['retention.public.ageDays'], 'PARLANCE_RETENTION_PUBLIC_AGE_DAYS')
  })

  it('takes every key out of its variable', async () => {
    const texts = (value: unknown) => (Array.isArray(value) ? value.join() : String(value ?? ''))
    const env = Object.fromEntries(keys.map((key) => [key.env, texts(key.schema.default)]))
    const events = [{ name: 'NEWS', from: 'all', to: ['panel'], delivery: 'all', data: {} }]
    env.PARLANCE_SERVICES_EVENTS = JSON.stringify(events)
    env.PARLANCE_MESSENGER_OPEN_DIALOGS = 'false'
    const { services, messenger, ...rest } = await read({ env })
    const defaults = await read({})
    assert.deepEqual(services, { ...defaults.services, events })
    assert.deepEqual(messenger, { ...defaults.messenger, openDialogs: false })
    assert.deepEqual({ ...defaults, ...rest }, defaults)
    for (const [variable, says] of [
      ['PARLANCE_MESSENGER_OPEN_DIALOGS', /openDialogs must be true or false, got "no" /],
      ['PARLANCE_SERVICES_EVENTS', /services\.events must be a list of events, .* got "no" /],
    ] as const) {
      assert.match((await mistakesOf({ env: { [variable]: 'no' } })).join(), says)
    }
  })

  it('reads whole numbers and lists out of variables, and passes over empty ones', async () => {
    const env = {
      PARLANCE_ROOMS_IDLE_HOURS: '0',
      PARLANCE_ORIGINS: 'https://a.example, http://b.example:81,',
      PARLANCE_SECRET: '',
      PARLANCE_DRAIN_SECONDS: '3',
    }
    const config = await read({ env })
    assert.equal(config.rooms.idleHours, 0)
    assert.deepEqual(config.origins, ['https://a.example', 'http://b.example:81'])
    assert.equal(config.secret, null)
    assert.equal(config.drainSeconds, 3)
  })

  it('leaves alone the variables of the command line and of others', async () => {
    assert.deepEqual(
      await mistakesOf({ env: { PARLANCE_URL: 'http://x', PARLANCE_TOKEN: 't', PATH: '/' } }),
      [],
    )
  })

  it('takes a file of comments and empty sections as nothing', async () => {
    assert.deepEqual(await read({ file: file('# nothing\n') }), await read({}))
    assert.deepEqual(await read({ file: file('rooms:\n  # nothing\n') }), await read({}))
  })

  it('is frozen to its leaves', async () => {
    const config = await read({})
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen))
    assert.ok(frozen(config))
  })
})

describe('a mistake in the configuration', () => {
  it('names the key, what it takes, what it got and where that stands', async () => {
    assert.deepEqual(await mistakesOf({ env: { PARLANCE_ROOMS_IDLE_HOURS: 'x' } }), [
      'config: rooms.idleHours must be an integer ≥ 0, got "x" (from PARLANCE_ROOMS_IDLE_HOURS)',
    ])
    const path = file('rooms: { maxParticipants: 0 }\n')
    assert.deepEqual(await mistakesOf({ file: path }), [
      `config: rooms.maxParticipants must be an integer from 1 to 10000, got 0 (from ${path})`,
    ])
    assert.deepEqual(await mistakesOf({ flags: { port: '65536' } }), [
      'config: port must be an integer from 0 to 65535, got 65536 (from --port)',
    ])
  })

  it('does not hide another', async () => {
    const path = file('port: true\nmode: staging\norigins: [https://a.example/path]\nprot: 1\nlog: 5\n')
    assert.deepEqual(
      await mistakesOf({ env: { PARLANCE_PROT: '1', PARLANCE_LOG_LEVEL: 'loud' }, file: path }),
      [
        'config: there is no key PARLANCE_PROT; did you mean PARLANCE_PORT? (from the environment)',
        `config: there is no key prot; did you mean port? (from ${path})`,
        `config: log must be a section with keys of its own (from ${path})`,
        `config: port must be an integer from 0 to 65535, got true (from ${path})`,
        `config: mode must be "development" or "production", got "staging" (from ${path})`,
        `config: origins must be a list, each entry an origin such as "https://chat.example.com" (no path), got ["https://a.example/path"] (from ${path})`,
        'config: log.level must be "info" or "warn" or "error" or "silent", got "loud" (from PARLANCE_LOG_LEVEL)',
      ],
    )
  })

  it('does not hide what contradicts another key, nor makes one up', async () => {
    const path = file('port: x\nmode: production\ndiscord: { firstRetry: 9, longestRetry: 8 }\n')
    const [port, secret, retry, ...more] = await mistakesOf({ file: path })
    assert.match(port ?? '', /^config: port must be/)
    assert.match(secret ?? '', /^config: secret must be set in production mode/)
    assert.equal(retry, 'config: discord.longestRetry must be at least discord.firstRetry')
    assert.deepEqual(more, [])
    const wrong = file('mode: production\nsecret: 5\ndiscord: { firstRetry: x, longestRetry: 8 }\n')
    assert.deepEqual(
      (await mistakesOf({ file: wrong })).map((mistake) => mistake.split(' must')[0]),
      ['config: secret', 'config: discord.firstRetry'],
    )
  })

  it('suggests no key where none is like it', async () => {
    const path = file('colour: blue\n')
    assert.deepEqual(await mistakesOf({ file: path }), [`config: there is no key colour (from ${path})`])
  })

  it('in a secret does not show it', async () => {
    const path = file('secret: 12345678\n')
    assert.deepEqual(await mistakesOf({ file: path }), [
      `config: secret must be a text or null, got something else (from ${path})`,
    ])
  })

  it('in YAML names the line', async () => {
    const path = file('port: [1\nhost: 2\n')
    const [first] = await mistakesOf({ file: path })
    assert.match(first ?? '', /^config: .*\.yaml is not YAML: .* at line 2, column 1:$/)
  })

  it('is a file that is not there', async () => {
    const [only] = await mistakesOf({ file: join(folder, 'none.yaml') })
    assert.match(only ?? '', /^config: the file .*none\.yaml cannot be read: ENOENT/)
  })

  it('is a key of the prototype', async () => {
    const path = file('__proto__: { port: 1 }\n')
    assert.deepEqual(await mistakesOf({ file: path }), [`config: there is no key __proto__ (from ${path})`])
  })
})

describe('keys that contradict one another', () => {
  it('are refused: production mode without a secret, or with a short one', async () => {
    assert.match(
      (await mistakesOf({ flags: { mode: 'production' } }))[0] ?? '',
      /PARLANCE_SECRET.*openssl rand/,
    )
    const short = { PARLANCE_MODE: 'production', PARLANCE_SECRET: 'short' }
    assert.deepEqual(await mistakesOf({ env: short }), [
      'config: secret must have at least 32 characters in production mode, got 5',
    ])
    assert.deepEqual(await mistakesOf({ env: { ...short, PARLANCE_SECRET: longSecret } }), [])
  })

  it('are refused: keys of tokens read without encryption in production mode', async () => {
    const env = {
      PARLANCE_MODE: 'production',
      PARLANCE_SECRET: longSecret,
      PARLANCE_JWT_JWKS_URL: 'http://issuer.example/keys',
    }
    assert.match((await mistakesOf({ env }))[0] ?? '', /jwt\.jwksUrl must be https/)
  })

  it('are refused: bounds within bounds the wrong way round', () => {
    const limits = { softBacklog: 10, hardBacklog: 9, totalBacklog: 8 }
    assert.throws(
      () => configOf({ limits, discord: { firstRetry: 9, longestRetry: 8 }, rooms: { maxName: 4 } }),
      (error: ConfigError) => error.mistakes.length === 5,
    )
    assert.throws(() => configOf({ limits: { hardBacklog: 2 ** 23 - 1 } }), {
      message: 'config: sessions.replayBytes must be at most half of limits.hardBacklog',
    })
  })
})

describe('the configuration as it is shown', () => {
  it('masks the secrets that are set, and can be read again', async () => {
    const shown = showConfig(configOf({ secret: longSecret, port: 0, origins: ['https://a.example'] }))
    assert.ok(!shown.includes(longSecret))
    assert.match(shown, /^secret: "?\*\*\*"?$/m)
    assert.match(shown, /^servicesSecret: null$/m)
    const again = await read({ file: file(shown) })
    assert.equal(again.port, 0)
    assert.deepEqual(again.origins, ['https://a.example'])
  })
})
