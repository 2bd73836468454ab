import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import type { Peer } from './peers/peer.ts'

/** What was measured on, and which versions of what, as a list. */
export function surroundings(peers: readonly Peer[], date: Date): string {
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
  const processor = `${availableParallelism()} × ${cpus()[0]?.model.trim()}`
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const versions = peers.map((peer) => {
    const missing = peer.missing()
    return missing === null ? `${peer.name} ${peer.version()}` : `${peer.name} (not measured: ${missing})`
  })
  return [
    `- ${date.toISOString().slice(0, 10)}, ${processor}, ${memory}, ${system}, Linux ${release()}`,
    `- ${versions.join('; ')}`,
  ].join('\n')
}
