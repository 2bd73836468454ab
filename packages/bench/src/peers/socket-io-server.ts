import { createServer } from 'node:http'
import { Server } from 'socket.io'

/** Rooms of Socket.IO, over WebSocket alone and without compression, as in its own advice for performance. */
const http = createServer()
const io = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false })

io.on('connection', (socket) => {
  socket.on('join', (room: string, joined: () => void) => {
    void socket.join(room)
    joined()
  })
  socket.on('publish', (room: string, text: string) => io.to(room).emit('m', text))
})

http.listen(0, '127.0.0.1', 4096, () => {
  console.log(`listening on ${(http.address() as { port: number }).port}`)
})
