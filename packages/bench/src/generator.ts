import type { Target } from './speeches/speech.ts'
import { tasks } from './tasks/all.ts'
import type { Figures } from './tasks/task.ts'

/** What the load generator, a process of its own, is asked to do. */
export interface Job {
  readonly task: keyof typeof tasks
  readonly target: Target
  readonly options: unknown
}

process.once('message', (job: Job) => {
  const task = tasks[job.task] as (target: Target, options: unknown) => Promise<Figures>
  void task(job.target, job.options).then((figures) => {
    process.send!(figures, () => process.exit(0))
  })
})
