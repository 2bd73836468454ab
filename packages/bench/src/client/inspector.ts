import { LoadSocket } from './web-socket.ts'

/** Has a Node process collect its garbage, through its inspector (Chrome DevTools Protocol), so that memory in use can be read. */
export async function collectGarbage(inspector: string | undefined): Promise<void> {
  if (inspector === undefined) return
  const { port, pathname } = new URL(inspector)
  let answered: () => void = () => {}
  const socket = await LoadSocket.open(Number(port), pathname, () => () => answered())
  // Once for what is unreachable, again for what only finalizers held.
  for (let id = 1; id <= 3; id++) {
    await new Promise<void>((resolve) => {
      answered = resolve
      socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }))
    })
  }
  socket.cut()
}
