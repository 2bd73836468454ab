import type { Target } from '../speeches/speech.ts'

/** What one run of a scenario measured, by the name of the row. */
export type Figures = Record<string, number>

/** One measurement of one running server; runs in the load generator. */
export type Task<Options> = (target: Target, options: Options) => Promise<Figures>
