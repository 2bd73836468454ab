import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Job } from './generator.ts'
import type { Figures } from './tasks/task.ts'

const generatorCore = '1'
/** The longest task takes about four minutes; one that hangs is to fail. Milliseconds. */
const longestTask = 600_000

/** Has a load generator on its own core do this. Rejects when it fails. */
export function generate(job: Job): Promise<Figures> {
  const program = fileURLToPath(new URL('generator.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', ['-c', generatorCore, process.execPath, program], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      timeout: longestTask,
      // JSON has no infinity, which little CPU time divides to.
      serialization: 'advanced',
    })
    let figures: Figures | null = null
    child.on('message', (message) => {
      figures = message as Figures
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (figures !== null) resolve(figures)
      else reject(new Error(`the load generator ended with ${code}`))
    })
    child.send(job)
  })
}
