#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'
import { setFlagsFromString } from 'node:v8'

const needed = 24
if (Number(process.versions.node.split('.')[0]) < needed) {
  console.error(
    `parlance: Node ${needed} or newer is needed, and this is ${process.version}. See https://nodejs.org`,
  )
  process.exit(1)
}

// While a crowd connects, V8 sees small arrays of the WebSocket library outlive a collection, takes that for their nature, and makes them
// old at birth ever after; each then keeps the message it held from being collected with what is young. Without that guess, frames
// of clients cost about an eighth less.
setFlagsFromString('--no-allocation-site-pretenuring')

// Compiled code is kept between runs: starting takes about half as long.
module.enableCompileCache()

// A checkout runs its source; the published package has only what was built from it.
const source = new URL('../src/app/main.ts', import.meta.url)
const built = new URL('../dist/app/main.js', import.meta.url)
const { main } = await import((existsSync(source) ? source : built).href)
await main(process.argv)
