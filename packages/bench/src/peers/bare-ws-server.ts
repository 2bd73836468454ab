import { type WebSocket, WebSocketServer } from 'ws'

/**
 * The least that fans out with `ws`: a client that connects to `/<room>` is in it, a frame `/<room>\n<text>` goes to all in it
 * by `send()` in a loop, and at `/echo` every frame comes back.
 */
const rooms = new Map<string, Set<WebSocket>>()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 })

server.on('connection', (socket, request) => {
  const path = request.url ?? '/'
  if (path === '/echo') {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    return
  }
  const room = rooms.get(path) ?? new Set()
  rooms.set(path, room.add(socket))
  socket.on('close', () => room.delete(socket))
  socket.on('error', () => {})
  socket.on('message', (data) => {
    const said = data.toString()
    const end = said.indexOf('\n')
    const text = said.slice(end + 1)
    for (const member of rooms.get(said.slice(0, end)) ?? []) member.send(text)
  })
})

server.on('listening', () => {
  console.log(`listening on ${(server.address() as { port: number }).port}`)
})
