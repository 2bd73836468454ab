import { boolean, integer, like, open, type Pattern, sentence, string } from '../../pattern.ts'
import type { Need, Step } from '../../scenario.ts'
import { connect, expect, send } from '../../steps.ts'

/** The words of `comms` that its scenarios share. */

export const needsTokens: readonly Need[] = ['tokens']

export const hello = { f: 100, cnf: { hb_int: integer('interval', 1) } }

export const channelName = 'conform-{{run}}'

/** Where a client first comes. The protocol's document does not say how it is told. */
export const placed = event('CHANNEL_MOVE', { channel: open({}), users: { $: 'each', item: open({}) } })

export function event(t: string, cnf: Pattern, s?: Pattern): Pattern {
  return { f: 130, cnf, ...(s !== undefined && { s }), t }
}

export function execute(from: string, t: string, cnf: object = {}, s?: number): Step {
  return send(from, { f: 130, cnf, ...(s !== undefined && { s }), t })
}

/** Ready, as the protocol's document has it; a server may say more. */
export const ready = {
  f: 140,
  cnf: open({ v: 6, session_id: integer(undefined, 1), enc_key: like('.') }),
}

/** An error as the protocol's document has it; a server may say more. */
export function plainError(c: Pattern, d: Pattern): Pattern {
  return open({ f: 150, cnf: open({ c, d }) })
}

/** An error with the sentence that Parlance adds. */
export function error(c: number, d: boolean, s?: number): Pattern {
  return { f: 150, cnf: { c, d, m: sentence, ...(s !== undefined && { s }) } }
}

/** Connects and takes 100. */
export function open100(as: string, silent = false): Step[] {
  return [connect(as, '/comms', { silent }), expect(as, hello)]
}

export function present(from: string, token: string, more: object = {}): Step {
  return send(from, { f: 110, cnf: { token, ...more } })
}

/** Presents itself and is ready: nothing but what the protocol's document says. */
export function identify(as: string, token = `{{token:${as}}}`): Step[] {
  return [...open100(as), present(as, token), expect(as, ready)]
}

/** Presents itself, and is in the default channel. */
export function enter(as: string, flags = ''): Step[] {
  return [...identify(as, `{{token:${as}${flags}}}`), expect(as, placed)]
}

export function user(who: string, admin: Pattern = false): Pattern {
  return {
    id: `{{user:${who}}}`,
    name: `{{user:${who}}}`,
    uuid: like('^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'),
    admin,
    bio: string(),
  }
}

export function channel(creator: string, more: { readonly [field: string]: Pattern } = {}): Pattern {
  return {
    id: channelName,
    name: channelName,
    description: string(),
    visibility: true,
    creator: `{{user:${creator}}}`,
    ...more,
  }
}

/** Makes a channel of the scenario's own, and enters it. */
export function settle(who: string): Step[] {
  return [
    execute(who, 'CHANNEL_ADD', { name: channelName }),
    expect(who, event('CHANNEL_ADD', { channel: channel(who) })),
    execute(who, 'CHANNEL_MOVE', { channel: channelName }),
    expect(who, event('CHANNEL_MOVE', { channel: channel(who), users: [] })),
  ]
}

/** Another comes into the channel that `host` has made. */
export function follow(who: string, host: string, ...others: string[]): Step[] {
  return [
    execute(who, 'CHANNEL_MOVE', { channel: channelName }),
    expect(
      who,
      event('CHANNEL_MOVE', {
        channel: channel(host),
        users: { $: 'some', items: [host, ...others].map((one) => user(one, boolean())) },
      }),
    ),
    ...[host, ...others].map((one) => expect(one, event('ROOM_USER_ADD', { user: user(who, boolean()) }))),
  ]
}

/** Two clients in a channel of their own. */
export const annAndBob: Step[] = [...enter('ann'), ...settle('ann'), ...enter('bob'), ...follow('bob', 'ann')]

export function messageOf(
  who: string,
  content: string,
  more: { readonly [field: string]: Pattern } = {},
): Pattern {
  return event(
    'MESSAGE_CREATE',
    { user: user(who, boolean()), content, messageID: integer('message', 1), ...more },
    integer('s', 1),
  )
}
