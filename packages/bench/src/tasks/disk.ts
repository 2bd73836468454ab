import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

/** How often a second the disk under the gateway's store writes 4 KiB at the end of a file and synchronises it. */
export async function disk(_target: Target, { seconds }: { readonly seconds: number }): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
  const file = openSync(join(folder, 'log'), 'w')
  const page = Buffer.alloc(4096, 1)
  const began = performance.now()
  let count = 0
  for (; performance.now() - began < seconds * 1000; count++) {
    writeSync(file, page)
    fdatasyncSync(file)
  }
  const rate = count / ((performance.now() - began) / 1000)
  closeSync(file)
  rmSync(folder, { recursive: true })
  return { 'fsyncs a second': rate }
}
