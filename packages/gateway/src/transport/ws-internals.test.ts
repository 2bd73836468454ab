import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'
import { clientFrame, RawClient } from '../../test/support/transport-scene.ts'
import { frame } from './frame.ts'
import { isMidMessage } from './ws-internals.ts'

let server: WebSocketServer

before(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
})

after(() => server.close())

/** A client's raw socket and the server's end of it. */
async function connected(): Promise<{ client: RawClient; ws: WebSocket }> {
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'connection') as Promise<[WebSocket]>
  const client = await RawClient.upgraded(port, '/')
  const [ws] = await accepted
  return { client, ws }
}

test('a frame is, byte for byte, what ws.send() puts on the wire', async () => {
  const { client, ws } = await connected()
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536].map((length) => 'x'.repeat(length))
  for (const payload of [...texts, 'ñ€😀\ud800', Buffer.from([0, 255, 128])]) {
    ws.send(payload)
    const expected = frame(payload)
    assert.ok((await client.bytes(expected.length)).equals(expected), `${payload.length} long`)
  }
  client.destroy()
})

test('frames written to the socket stand between the frames of ws, in the order of writing', async () => {
  const accepted = once(server, 'connection')
  const upgraded = new Promise<Socket>((resolve) => {
    server.once('connection', (_ws, request) => resolve(request.socket))
  })
  const { port } = server.address() as AddressInfo
  const client = await RawClient.upgraded(port, '/')
  const [ws] = (await accepted) as [WebSocket]
  const socket = await upgraded
  const large = 'y'.repeat(300_000)
  ws.send('first')
  socket.write(frame(large))
  ws.ping('z')
  socket.write(frame('second'))
  ws.close(1000, 'done')
  const expected = Buffer.concat([
    frame('first'),
    frame(large),
    Buffer.from([0x89, 1, 0x7a]),
    frame('second'),
    Buffer.from([0x88, 6, 0x03, 0xe8, 0x64, 0x6f, 0x6e, 0x65]),
  ])
  assert.ok((await client.bytes(expected.length)).equals(expected))
  client.destroy()
})

test('it is seen whether a message has been begun and not finished', async () => {
  const { client, ws } = await connected()
  const finished = clientFrame(0x81, 'whole')
  const pieces: [Buffer, string][] = [
    [Buffer.from([0x81]), 'half a header'],
    [Buffer.from([0x85]), 'a header without its mask'],
    [Buffer.from([0, 0, 0, 0, 0x61]), 'a part of the payload'],
    [Buffer.from('bcde'), ''],
    [clientFrame(0x01, 'frag'), 'a first fragment'],
    [clientFrame(0x00, 'ment'), 'a middle fragment'],
    [clientFrame(0x80, '!'), ''],
    [finished, ''],
  ]
  assert.equal(isMidMessage(ws), false)
  const socket = (ws as unknown as { _socket: Socket })._socket
  for (const [bytes, unfinished] of pieces) {
    const came = once(socket, 'data')
    client.write(bytes)
    await came
    assert.equal(isMidMessage(ws), unfinished !== '', unfinished || 'finished')
  }
  client.destroy()
})
