import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program is, also for a user whose PATH lacks the folders of servers. */
export function find(program: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null
}

/** The first version number a program says. */
export function versionOf(program: string, flag: string): string {
  const { stdout, stderr } = spawnSync(find(program) ?? program, [flag], { encoding: 'utf8' })
  return /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'unknown'
}
