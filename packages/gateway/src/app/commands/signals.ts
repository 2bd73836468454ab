import type { Log } from '../../ports/log.ts'
import type { Gateway } from '../gateway.ts'

/** Whoever stops us kills us after this, in milliseconds (30 s is the custom); we would rather say so ourselves. */
const longestStop = 29_000

/** npm passes on the Ctrl-C that the terminal has sent us already: what comes so soon, in milliseconds, is the same one. */
const echo = 500

/**
 * SIGTERM or SIGINT stops the gateway; a second one ends the process at once. An exception nobody caught is a mistake of
 * ours that leaves the process in a state nobody knows: it is logged, and the gateway stops, with exit code 1.
 */
export function stopOnSignals(gateway: Gateway, log: Log): void {
  let stoppingSince: number | null = null

  function stop(exitCode: number): void {
    stoppingSince = performance.now()
    setTimeout(() => {
      log.error({}, 'the gateway did not stop in time; the process ends without the rest')
      process.exit(1)
    }, longestStop).unref()
    void gateway.stop().finally(() => process.exit(exitCode))
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stoppingSince === null) {
        log.info({ signal }, 'the gateway stops')
        stop(0)
      } else if (performance.now() - stoppingSince > echo) {
        process.exit(1)
      }
    })
  }
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'an exception was caught by nobody; the gateway stops')
    if (stoppingSince === null) stop(1)
  })
}
