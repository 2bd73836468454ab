import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLog, type LogOptions } from './log.ts'

function logged(form: LogOptions['form'], level: LogOptions['level'] = 'info') {
  const lines: string[] = []
  const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) }
  return { lines, log: createLog({ level, form, clock, write: (text) => lines.push(text) }) }
}

describe('the log', () => {
  it('is one JSON object a line, for machines', () => {
    const { log, lines } = logged('json')
    log.warn({ room: 'lobby', count: 2 }, 'something is odd')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      [{ level: 'warn', time: '2026-01-02T03:04:05.006Z', room: 'lobby', count: 2, msg: 'something is odd' }],
    )
    assert.ok(lines[0]?.endsWith('\n'))
  })

  it('is short, for people', () => {
    const { log, lines } = logged('short')
    log.info({ room: 'lo bby', count: 2 }, 'something is "odd"')
    assert.deepEqual(lines, ['03:04:05 info  something is "odd"  room="lo bby"  count=2\n'])
  })

  it('shows the stack of an error below its line', () => {
    const { log, lines } = logged('short')
    log.error({ err: new Error('broken') }, 'failed')
    const [head, ...stack] = (lines[0] ?? '').trimEnd().split('\n')
    assert.equal(head, '03:04:05 error failed')
    assert.equal(stack[0], '    Error: broken')
    assert.match(stack[1] ?? '', /^ {8}at .*log\.test/)
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = logged('json', 'error')
    log.info({}, 'no')
    log.warn({}, 'no')
    log.error({}, 'yes')
    assert.equal(lines.length, 1)
  })
})

const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'
const secrets: [string, Record<string, unknown>, string][] = [
  ['a field of that name', { token: 'opensesame' }, 'opensesame'],
  ['a field of that name, one level down', { headers: { authorization: 'opensesame' } }, 'opensesame'],
  ['the query of a URL', { url: '/gateway?roomId=a&participantId=opensesame' }, 'opensesame'],
  [
    'the query of a URL in an error',
    { err: new Error('GET http://a/b?token=opensesame failed') },
    'opensesame',
  ],
  ['a webhook’s link', { link: 'https://discord.com/api/webhooks/12/opensesame' }, 'opensesame'],
  ['a bearer', { said: 'Authorization: Bearer opensesame' }, 'opensesame'],
  ['a token anywhere', { said: `it was ${token}, I think` }, token.split('.')[2] ?? ''],
]

describe('a secret does not reach the log', () => {
  for (const form of ['json', 'short'] as const) {
    for (const [where, fields, secret] of secrets) {
      it(`as ${where} (${form})`, () => {
        const { log, lines } = logged(form)
        log.error(fields, 'it happened')
        assert.ok(lines[0]?.includes('it happened'))
        assert.ok(lines[0]?.includes('***'), lines[0])
        assert.ok(!lines[0]?.includes(secret), lines[0])
      })
    }
  }
})

describe('text from outside', () => {
  const hostile = 'a\r\nforged \u001b[2J \u009b2J \u202e \u2028 \u007f "quoted" \\'

  it('stays what it was, in JSON', () => {
    const { log, lines } = logged('json')
    log.info({ name: hostile }, 'it happened')
    assert.equal((JSON.parse(lines[0] ?? '') as { name: string }).name, hostile)
  })

  it('neither begins a line nor moves a cursor', () => {
    for (const form of ['json', 'short'] as const) {
      const { log, lines } = logged(form)
      log.info({ name: hostile, of: { [hostile]: 1 } }, hostile)
      const [text = ''] = lines
      assert.equal(text.indexOf('\n'), text.length - 1)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      assert.doesNotMatch(text.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/)
    }
  })
})
