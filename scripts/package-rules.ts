import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One entry of `package-lock.json`. */
interface Locked {
  readonly link?: boolean
  readonly resolved?: string
  readonly hasInstallScript?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>
}

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

/** Scripts that npm runs on the machine of whoever installs a package. */
const installScripts = ['preinstall', 'install', 'postinstall', 'prepare']

/** What must not be in a package that is published: an installation of it runs nothing and fetches nothing but packages. */
export function objectionsToManifest({ dependencies = {}, scripts = {} }: Manifest): string[] {
  const running = installScripts.filter((script) => script in scripts)
  const loose = Object.entries(dependencies).filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range))
  return [
    ...running.map((script) => `it has the install script "${script}"`),
    ...loose.map(([name, range]) => `${name} is not pinned to one version: "${range}"`),
  ]
}

/** The same for everything that is installed with it, from the lockfile and from what lies in `node_modules`. */
export function objectionsToTree(lockfile: Lockfile, workspace: string, root: string): string[] {
  return [...productionTree(lockfile, workspace)].flatMap((path) => {
    const { hasInstallScript, resolved } = lockfile.packages[path] ?? {}
    const native = globSync('**/{binding.gyp,*.node}', { cwd: join(root, path) })
    return [
      ...(hasInstallScript ? [`${path} has an install script`] : []),
      ...(resolved && /^git|github\.com/.test(resolved) ? [`${path} comes from git`] : []),
      ...native.map((file) => `${path} has a native addon: ${file}`),
    ]
  })
}

/**
 * What keeps `npm ci` from working elsewhere: an entry that names a registry, or a tool's package for another platform that has
 * no entry (npm leaves it out where it cannot be had, and refuses the lockfile everywhere afterwards).
 */
export function objectionsToLockfile({ packages }: Lockfile): string[] {
  return Object.entries(packages).flatMap(([path, { link, resolved, optionalDependencies }]) => {
    const missing = Object.keys(optionalDependencies ?? {}).filter(
      (name) => placeOf(packages, path, name) === null,
    )
    return [
      ...(resolved && !link ? [`${path} names where it came from`] : []),
      ...missing.map((name) => `${path} may need ${name}, which has no entry`),
    ]
  })
}

/** Where in `node_modules` everything lies that the workspace needs to run. */
export function productionTree({ packages }: Lockfile, workspace: string): Set<string> {
  const found = new Set<string>()
  const wanted = [workspace]
  for (const path of wanted) {
    const { dependencies, optionalDependencies } = packages[path] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = placeOf(packages, path, name)
      if (place === null || found.has(place)) continue
      found.add(place)
      wanted.push(place)
    }
  }
  return found
}

/** As Node looks: in the `node_modules` beside, then in those above. Null when it is nowhere. */
function placeOf(packages: Lockfile['packages'], from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.split('/').slice(0, -1).join('/')) {
    const place = join(folder, 'node_modules', name)
    if (place in packages) return place
    if (folder === '') return null
  }
}

export function readJson<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(path, 'utf8')) as Shape
}
