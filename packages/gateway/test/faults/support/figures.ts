import { http, type Target } from '../../harness.ts'

/** Figures of `/metrics` by their names, those without labels. */
export async function figuresOf(target: Target): Promise<Readonly<Record<string, number>>> {
  const { text } = await http(target, 'GET', '/metrics')
  const lines = text.matchAll(/^(?:parlance_)?(\w+) (\S+)$/gm)
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]))
}

/** Asks until the figures are these. */
export async function untilFigures(target: Target, wanted: Readonly<Record<string, number>>): Promise<void> {
  let figures: Readonly<Record<string, number>>
  do figures = await figuresOf(target)
  while (Object.entries(wanted).some(([name, value]) => figures[name] !== value))
}
