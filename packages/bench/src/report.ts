import type { Measured } from './run.ts'
import type { Scenario } from './scenario.ts'

export interface Result {
  readonly scenario: Scenario
  readonly measured: Measured
}

/** A section for each scenario: what is done, and a table of medians with their spread and the ratios of ours to the others. */
export function sections(results: readonly Result[]): string {
  return results.map(section).join('\n')
}

function section({ scenario, measured }: Result): string {
  const { name, says, subjects, ours, repetitions } = scenario
  const ratios = ours.map((label) => `\`${label}\` ÷ it`)
  const rows = subjects.flatMap(({ label, peer }) => {
    const figures = measured.get(label)
    const install = peer.missing()
    if (figures === undefined) return [[label, `not measured: ${install}`, '', ...ours.map(() => '')]]
    return Object.keys(figures[0]!).map((figure) => {
      const values = figures.map((one) => one[figure]!)
      return [
        label,
        figure,
        spread(values, plain),
        ...ours.map((own) => ratio(measured.get(own), values, figure)),
      ]
    })
  })
  const note =
    repetitions === 1
      ? 'One measurement.'
      : `Medians of ${repetitions}; in parentheses the least and the most.`
  return `## ${name}\n\n${says}\n${note}\n\n${table(['server', '', 'figure', ...ratios], rows)}`
}

/** Of our figure to theirs in the same repetition. */
function ratio(our: readonly Record<string, number>[] | undefined, theirs: number[], figure: string): string {
  const mine = our?.map((one) => one[figure])
  if (mine === undefined || mine.some((one) => one === undefined)) return ''
  return spread(
    theirs.map((value, index) => mine[index]! / value),
    (value) => value.toFixed(2),
  )
}

function spread(values: readonly number[], say: (value: number) => string): string {
  const sorted = [...values].sort((a, b) => a - b)
  const median = say(sorted[Math.floor(sorted.length / 2)]!)
  return sorted.length === 1 ? median : `${median} (${say(sorted[0]!)}–${say(sorted.at(-1)!)})`
}

function plain(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('')
}
