import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** CPU time these processes have used so far, user and system, all threads: seconds (proc(5), fields 14 and 15 of `stat`). */
export function cpuSeconds(pids: readonly number[]): number {
  let ticks = 0
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in parentheses, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / ticksPerSecond
}

/** Memory of these processes that is in RAM, in bytes. */
export function residentBytes(pids: readonly number[]): number {
  let kilobytes = 0
  for (const pid of pids) {
    kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
  }
  return kilobytes * 1024
}

/** The value below which this share of the samples lies. Sorts them. */
export function quantile(samples: number[], share: number): number {
  samples.sort((a, b) => a - b)
  return samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? Number.NaN
}
