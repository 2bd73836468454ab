import type { PartialConfig } from '../../src/app/config/schema.ts'
import type { GatewayParts } from '../../src/app/gateway.ts'
import { type HttpAnswer, http, socketUrl, startTestGateway, type TestGateway } from '../harness.ts'
import { ServiceClient } from './service-client.ts'

export const servicesSecret = 'the secret of services that tests start'

type ServicesConfig = NonNullable<PartialConfig['services']>

/** A gateway for services, and what they do with it. */
export class ServiceGateway {
  readonly gateway: TestGateway
  readonly #clients: ServiceClient[] = []
  readonly #heartbeatInterval: number

  static async start(services: ServicesConfig = {}, parts: GatewayParts = {}): Promise<ServiceGateway> {
    const gateway = await startTestGateway({ servicesSecret, services }, parts)
    return new ServiceGateway(gateway, services.heartbeatInterval)
  }

  private constructor(gateway: TestGateway, heartbeatInterval = 30_000) {
    this.gateway = gateway
    this.#heartbeatInterval = heartbeatInterval
  }

  async connect(): Promise<ServiceClient> {
    const client = await ServiceClient.open(socketUrl(this.gateway, '/ws/v1'), this.#heartbeatInterval)
    this.#clients.push(client)
    return client
  }

  /** A client that has identified, with the data of its IDENTIFIED. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  async service(type: string, data: object = {}): Promise<{ client: ServiceClient; identified: any }> {
    const client = await this.connect()
    return { client, identified: await client.identify({ type, secret: servicesSecret, ...data }) }
  }

  get(path: string): Promise<HttpAnswer> {
    return http(this.gateway, 'GET', path, { headers: { authorization: servicesSecret } })
  }

  remove(path: string): Promise<HttpAnswer> {
    return http(this.gateway, 'DELETE', path, { headers: { authorization: servicesSecret } })
  }

  /** Asks until so many services are connected: that a client has gone is seen here a moment after the client sees it. */
  async untilConnected(count: number): Promise<void> {
    let found: number
    do found = (await this.get('/v1/services')).body.length
    while (found !== count)
  }

  /** The figure of a metric, 0 where it has none yet. */
  async metric(name: string): Promise<number> {
    const { text } = await http(this.gateway, 'GET', '/metrics')
    const line = text.split('\n').find((one) => one.startsWith(`parlance_${name}`) && !one.startsWith('#'))
    return Number(line?.split(' ').at(-1) ?? 0)
  }

  async dispose(): Promise<void> {
    for (const client of this.#clients) client.socket.terminate()
    await this.gateway.dispose()
  }
}
