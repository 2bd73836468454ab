import { stringify } from 'yaml'
import type { FrameRow, FrameTable } from '../../ports/frame-table.ts'

/** An AsyncAPI 3.0 document, as plain data. `version` is the gateway's. */
export function asyncApiDocument(table: FrameTable, version: string): object {
  const { title, says, address, parameters, query, headers, fromGateway, fromClient } = table
  return plain({
    asyncapi: '3.0.0',
    info: {
      title: `Parlance: ${title}`,
      version,
      description: says,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: { local: { host: '127.0.0.1:8080', protocol: 'ws', description: 'A gateway on this machine.' } },
    channels: {
      [title]: {
        address,
        description: says,
        servers: [{ $ref: '#/servers/local' }],
        ...(parameters && { parameters: described(parameters) }),
        bindings: {
          ws: {
            method: 'GET',
            ...(query && { query }),
            ...(headers && { headers }),
            bindingVersion: '0.1.0',
          },
        },
        messages: Object.fromEntries(
          [...fromGateway, ...fromClient].map(({ name }) => [
            name,
            { $ref: `#/components/messages/${name}` },
          ]),
        ),
      },
    },
    operations: {
      say: operation('send', title, 'What the gateway says.', fromGateway),
      hear: operation('receive', title, 'What a client says.', fromClient),
    },
    components: {
      messages: Object.fromEntries(
        [...fromGateway, ...fromClient].map(({ name, says, schema }) => [
          name,
          { summary: says, payload: schema },
        ]),
      ),
    },
  })
}

/** `docs/asyncapi/<dialect>.yaml`. */
export function asyncApiPage(table: FrameTable, version: string): string {
  const yaml = stringify(asyncApiDocument(table, version), { aliasDuplicateObjects: false, lineWidth: 0 })
  return `# Written by "npm run docs" from ${table.title}/frame-table.ts; change that instead.\n${yaml}`
}

function operation(
  action: 'send' | 'receive',
  channel: string,
  summary: string,
  rows: readonly FrameRow[],
): object {
  return {
    action,
    summary,
    channel: { $ref: `#/channels/${channel}` },
    messages: rows.map(({ name }) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  }
}

function described(parameters: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(parameters).map(([name, description]) => [name, { description }]))
}

/** Without what a schema object has that is no JSON. */
function plain(document: object): object {
  return JSON.parse(JSON.stringify(document)) as object
}
