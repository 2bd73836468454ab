import type { PartialConfig } from '../../src/app/config/schema.ts'
import type { Need, Scenario } from '../../src/conformance/scenario.ts'
import type { ServerUnderTest } from '../../src/conformance/server.ts'
import { startTestGateway, type TestGateway, testSecret } from '../harness.ts'
import { servicesSecret } from './service-gateway.ts'

/** Gateways for the scenarios of conformance. */
export interface ConformanceGateways {
  /** One whose clocks are those of every gateway. */
  readonly calm: ServerUnderTest
  /** Where a scenario can be played: what it needs is there, and clocks that it waits for are quick. */
  of(scenario: Scenario): Promise<ServerUnderTest>
  dispose(): Promise<void>
}

const common = {
  servicesSecret,
  rooms: { joinsPerSecond: 0, messagesPerSecond: 0 },
  services: { shardGrace: 0 },
} as const satisfies PartialConfig

/** Milliseconds, long enough to be told apart on a busy machine. */
const quick: PartialConfig = {
  channels: { pingInterval: 400, pongTimeout: 400, ackTimeout: 400 },
  rooms: { ...common.rooms, heartbeatInterval: 500, heartbeatGrace: 400 },
  comms: { heartbeatInterval: 500, grace: 400, identifyTimeout: 500 },
  messenger: { pingInterval: 500, pongTimeout: 400 },
  services: { ...common.services, heartbeatInterval: 500, identifyTimeout: 500 },
}

export async function startConformanceGateways(): Promise<ConformanceGateways> {
  const started: TestGateway[] = []
  const start = async (config: PartialConfig = {}): Promise<TestGateway> => {
    const gateway = await startTestGateway({ ...common, ...config })
    started.push(gateway)
    return gateway
  }
  const seen = ({ url }: TestGateway) => ({ url, secret: testSecret, servicesSecret })
  const [calm, hasty, encrypting] = await Promise.all([
    start(),
    start(quick),
    start({ comms: { encryption: 'required' } }),
  ])
  return {
    calm: seen(calm),
    async of({ needs, steps }) {
      const does = (need: Need) => needs.includes(need)
      if (does('encryption')) return { ...seen(encrypting), encrypts: true }
      if (does('stop')) return stoppable(await start())
      return seen(steps.some((step) => 'clock' in step) ? hasty : calm)
    },
    async dispose() {
      await Promise.all(started.map((gateway) => gateway.dispose()))
    },
  }

  function stoppable(gateway: TestGateway): ServerUnderTest {
    return { ...seen(gateway), stop: () => void gateway.stop() }
  }
}
