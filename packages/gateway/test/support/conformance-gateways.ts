import type { ServerUnderTest } from '../../src/conformance/server.ts'
import { startTestGateway, testSecret } from '../harness.ts'
import { servicesSecret } from './service-gateway.ts'

/** Two gateways for the scenarios of conformance: one whose clocks are those of every gateway, and one with quick ones. */
export interface ConformanceGateways {
  readonly calm: ServerUnderTest
  readonly quick: ServerUnderTest
  dispose(): Promise<void>
}

const common = {
  servicesSecret,
  rooms: { joinsPerSecond: 0, messagesPerSecond: 0 },
  services: { shardGrace: 0 },
}

/** Milliseconds, long enough to be told apart on a busy machine. */
const quick = {
  channels: { pingInterval: 200, pongTimeout: 200, ackTimeout: 300 },
  rooms: { ...common.rooms, heartbeatInterval: 300, heartbeatGrace: 200 },
  comms: { heartbeatInterval: 300, grace: 200, identifyTimeout: 300 },
  services: { ...common.services, heartbeatInterval: 300, identifyTimeout: 300 },
}

export async function startConformanceGateways(): Promise<ConformanceGateways> {
  const gateways = await Promise.all([startTestGateway(common), startTestGateway({ ...common, ...quick })])
  const [one, other] = gateways
  return {
    calm: { url: one.url, secret: testSecret, servicesSecret },
    quick: { url: other.url, secret: testSecret, servicesSecret },
    async dispose() {
      await Promise.all(gateways.map((gateway) => gateway.dispose()))
    },
  }
}
