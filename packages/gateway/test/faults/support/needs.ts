import { spawnSync } from 'node:child_process'

/** What some faults need of the machine, and how to come by it. */
const needs = {
  strace: {
    check: ['strace', '-o', '/dev/null', 'true'],
    says: 'strace that may trace (apt-get install strace)',
  },
  ip: {
    check: ['unshare', '--net', 'ip', 'link'],
    says: 'root and network namespaces (apt-get install iproute2)',
  },
  tmpfs: {
    check: ['unshare', '--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt'],
    says: 'root that may mount a tmpfs',
  },
  faketime: { check: ['faketime', '-f', '+1h', 'true'], says: 'faketime (apt-get install faketime)' },
  caddy: { check: ['caddy', 'version'], says: 'caddy (apt-get install caddy)' },
  nginx: { check: ['nginx', '-v'], says: 'nginx (apt-get install nginx)' },
} as const

export type Need = keyof typeof needs

/** False when the machine has all of it, else the sentence with which a test is skipped. */
export function lacks(...names: readonly Need[]): string | false {
  const missing = names.filter((name) => !works(needs[name].check))
  if (missing.length === 0) return false
  return `this machine lacks ${missing.map((name) => needs[name].says).join(' and ')}`
}

function works([command, ...args]: readonly string[]): boolean {
  return spawnSync(command ?? '', args, { stdio: 'ignore' }).status === 0
}
