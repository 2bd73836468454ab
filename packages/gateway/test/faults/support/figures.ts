import assert from 'node:assert/strict'
import { http, type Target } from '../../harness.ts'

/** How long figures may take to become what they must, in milliseconds: far more than anything that tests wait for. */
const patience = 20_000

/** Figures of `/metrics` by their names, those without labels. */
export async function figuresOf(target: Target): Promise<Readonly<Record<string, number>>> {
  const { text } = await http(target, 'GET', '/metrics')
  const lines = text.matchAll(/^(?:parlance_)?(\w+) (\S+)$/gm)
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]))
}

/** Asks until the figures are these, and fails when they do not become so. */
export async function untilFigures(target: Target, wanted: Readonly<Record<string, number>>): Promise<void> {
  const deadline = performance.now() + patience
  for (;;) {
    const figures = await figuresOf(target)
    const now = Object.fromEntries(Object.keys(wanted).map((name) => [name, figures[name]]))
    const isSo = Object.entries(wanted).every(([name, value]) => now[name] === value)
    if (isSo || performance.now() > deadline) return assert.deepEqual(now, wanted)
  }
}
