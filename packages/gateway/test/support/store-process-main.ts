import { act, ensure, eventOf, message } from '../contracts/engine/acts.ts'
import { openEngineAt } from './embedded-engine.ts'
import type { Order, Told } from './store-process.ts'

/** The program of `StoreProcess`: has the store whose path it is given, and writes to it as it is told. */
const engine = await openEngineAt(process.argv[2]!)
await engine.commit(act(ensure()))

function tell(what: Told): void {
  process.send?.(what)
}

async function writeOne(): Promise<void> {
  const { id, seq } = eventOf(await engine.commit(act(message('x'))))
  tell({ acknowledged: { id, seq } })
}

async function writeWithoutEnd(): Promise<never> {
  for (;;) await writeOne()
}

async function writeMessages(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await writeOne()
  tell({ head: (await engine.log.head('general'))! })
}

process.on('message', (order: Order) => {
  if (order !== 'write') void writeMessages(order.messages)
  else for (let writer = 0; writer < 8; writer++) void writeWithoutEnd()
})
tell('open')
