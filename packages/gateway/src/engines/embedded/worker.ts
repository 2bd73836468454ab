import { parentPort, workerData } from 'node:worker_threads'
import { runBatch } from './batch.ts'
import type { Report, Request } from './calls.ts'
import { refusalOf } from './refusal.ts'
import { openStore, type StoreOptions } from './store.ts'

/** The thread that has the store: it opens it, answers batches, and ends when it has closed it. */
function serve(port: NonNullable<typeof parentPort>): void {
  const report = (what: Report) => port.postMessage(JSON.stringify(what))
  const store = openStore(workerData as StoreOptions)
  port.on('message', (text: string) => {
    const request: Request = JSON.parse(text)
    if (request === 'close') {
      store.close()
      port.close()
    } else {
      report(runBatch(store, request))
    }
  })
  report('open')
}

if (parentPort === null) throw new Error('this module is the entry of a worker thread')
try {
  serve(parentPort)
} catch (error) {
  parentPort.postMessage(JSON.stringify(refusalOf(error) satisfies Report))
}
