import assert from 'node:assert/strict'
import { type Closing, connectChannels, type SocketClient, type Target, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import type { Somebody, TestRoom } from '../support/test-room.ts'
import type { Speaker } from './matrix.ts'

/** Someone who stands in the room with a client of one protocol. */
export interface Observer {
  readonly speaker: Speaker
  readonly user: string
  readonly socket: SocketClient
}

/** Joins the room as this user and connects to it through one protocol; whatever greets the client has been taken. */
export async function stand(room: TestRoom, speaker: Speaker, user: string): Promise<Observer> {
  const somebody = await room.join(user, {}, { bearer: tokenFor(user, { name: user }) })
  return { speaker, user, socket: await connect(room, speaker, user, somebody) }
}

/** Connects someone who has joined already. */
export async function connect(
  room: TestRoom,
  speaker: Speaker,
  user: string,
  somebody: Somebody,
): Promise<SocketClient> {
  switch (speaker) {
    case 'rooms':
      return room.connect(somebody)
    case 'comms': {
      const client = await CommsClient.join(room.gateway, user, { name: user })
      client.execute('CHANNEL_MOVE', { channel: room.id })
      await client.socket.until<{ t: string }>(({ t }) => t === 'CHANNEL_MOVE')
      return client.socket
    }
    case 'channels': {
      const bearer = tokenFor(user, { name: user })
      const socket = await connectChannels(room.gateway as Target, room.id, { bearer })
      await socket.until<{ type: string }>(({ type }) => type === 'CONNECTED')
      return socket
    }
    case 'messenger':
      return (await MessengerClient.subscribed(room.gateway, user)).socket
  }
}

/**
 * Every frame that has come by the time a message arrives that is written now, or, once each of `expecting` has heard something: that
 * a connection has gone is told when the gateway sees it, and who is online when it has been looked up. The message itself is left out.
 */
export async function heardBy(
  observers: readonly Observer[],
  room: TestRoom,
  expecting: readonly Speaker[] = [],
): Promise<Map<Speaker, unknown[]>> {
  const heard = new Map<Speaker, unknown[]>()
  for (const { speaker, socket } of observers) {
    heard.set(speaker, expecting.includes(speaker) ? [await socket.next()] : [])
  }
  const mark = `the end of act ${ends++}`
  await room.post(room.admin, mark)
  for (const { speaker, socket } of observers) {
    const frames = heard.get(speaker)!
    for (let text = await socket.nextText(); !text.includes(mark); text = await socket.nextText()) {
      frames.push(JSON.parse(text))
    }
  }
  return heard
}

let ends = 0

/** Every frame until the connection closes, and how it closed. */
export async function lastWords({ socket }: Observer): Promise<{ frames: unknown[]; closing: Closing }> {
  const closing = await socket.closed
  const frames: unknown[] = []
  while (socket.pending > 0) frames.push(await socket.next())
  return { frames, closing }
}

/** A value in an expected frame that is not known beforehand. */
export type Hole = (value: unknown) => boolean

export const anyNumber: Hole = (value) => typeof value === 'number'
export const anyText: Hole = (value) => typeof value === 'string' && value !== ''

/** The frame must be exactly this; a hole fits what it says it does. */
export function assertFrame(actual: unknown, expected: unknown, path = 'frame'): void {
  if (typeof expected === 'function') {
    assert.ok((expected as Hole)(actual), `${path}: ${JSON.stringify(actual)}`)
  } else if (isObject(expected)) {
    assert.ok(isObject(actual), `${path} must be an object, is ${JSON.stringify(actual)}`)
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort(), path)
    for (const [key, value] of Object.entries(expected)) assertFrame(actual[key], value, `${path}.${key}`)
  } else {
    assert.deepEqual(actual, expected, path)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
