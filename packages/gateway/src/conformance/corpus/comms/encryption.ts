import { integer, like, type Pattern, sealed } from '../../pattern.ts'
import type { Need, Scenario, Step } from '../../scenario.ts'
import { cut, expect, ours } from '../../steps.ts'
import {
  error,
  event,
  execute,
  follow,
  needsTokens,
  open100,
  placed,
  present,
  settle,
  user,
} from './words.ts'

const needs: readonly Need[] = [...needsTokens, 'encryption']

/** Ready; key and session are known under the client's name from then on. */
function ready(as: string, more: { readonly [field: string]: Pattern } = {}): Pattern {
  const key = like('^[A-Za-z0-9+/]{43}=$', `${as}Key`)
  return { f: 140, cnf: { v: 6, session_id: integer(`${as}Session`, 1), enc_key: key, ...more } }
}

function enter(as: string): Step[] {
  return [...open100(as), present(as, `{{token:${as}}}`), expect(as, ready(as)), expect(as, placed)]
}

const annAndBob: Step[] = [...enter('ann'), ...settle('ann'), ...enter('bob'), ...follow('bob', 'ann')]

function hears(by: string, text: string): Step {
  const cnf: Pattern = {
    user: user('ann', true),
    content: sealed(`{{${by}Key}}`, text),
    messageID: integer(undefined, 1),
  }
  return expect(by, event('MESSAGE_CREATE', cnf, integer('s', 1)))
}

/** Contents under each client's own key. */
export const encryptionScenarios: readonly Scenario[] = [
  ours(
    'contents are encrypted in both directions, for each client with its own key',
    needs,
    annAndBob,
    execute('ann', 'MESSAGE_CREATE', { content: '{{sealed:annKey between us}}' }),
    hears('ann', 'between us'),
    hears('bob', 'between us'),
  ),
  ours(
    'content that is not encrypted, or with another’s key, is error 4004',
    needs,
    annAndBob,
    execute('ann', 'MESSAGE_CREATE', { content: 'in plain words' }, 1),
    expect('ann', error(4004, false, 1)),
    execute('ann', 'MESSAGE_CREATE', { content: '{{sealed:bobKey with another key}}' }, 2),
    expect('ann', error(4004, false, 2)),
    execute('ann', 'MESSAGE_CREATE', { content: '{{sealed:annKey heard}}' }),
    hears('ann', 'heard'),
    hears('bob', 'heard'),
  ),
  ours(
    'what was missed is encrypted with the key of the connection that resumes',
    needs,
    annAndBob,
    cut('bob'),
    expect('ann', event('ROOM_USER_REMOVE', { user: user('bob') })),
    execute('ann', 'MESSAGE_CREATE', { content: '{{sealed:annKey missed}}' }),
    hears('ann', 'missed'),
    open100('back'),
    present('back', '{{token:bob}}', { session_id: '{{bobSession}}', s: 0 }),
    expect('back', ready('back', { resumed: true })),
    hears('back', 'missed'),
    expect('ann', event('ROOM_USER_ADD', { user: user('bob') })),
  ),
]
