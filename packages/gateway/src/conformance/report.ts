import type { Outcome } from './outcome.ts'

/** What became of one scenario, for people. */
export function outcomeText({ name, origin, result, why, failure }: Outcome): string {
  const title = `${result === 'failed' ? 'FAILED' : result}: ${name}${origin === 'ours' ? ' (ours)' : ''}`
  if (failure === undefined) return why === undefined ? title : `${title} – ${why}`
  const { step, doing, says, seen } = failure
  return [
    title,
    `  step ${step}, ${doing}:`,
    ...says.split('\n').map((line) => `    ${line}`),
    '  seen:',
    ...seen.map((line) => `    ${line}`),
  ].join('\n')
}

/** The last line of a report. */
export function summaryText(outcomes: readonly Outcome[]): string {
  const count = (result: Outcome['result']) => outcomes.filter((one) => one.result === result).length
  return `${count('passed')} passed, ${count('failed')} failed, ${count('not applicable')} not applicable`
}
