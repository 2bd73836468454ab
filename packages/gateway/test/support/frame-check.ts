import { Compile } from 'typebox/schema'
import { defaultFrameTables } from '../../src/app/asyncapi/tables.ts'

interface Check {
  Check(value: unknown): boolean
}

const tables = new Map(
  defaultFrameTables.map(({ title, fromGateway, fromClient }) => {
    const compiled = (rows: typeof fromGateway): Check[] => rows.map(({ schema }) => Compile(schema))
    return [title, { said: compiled(fromGateway), heard: compiled(fromClient) }]
  }),
)

/** Throws unless the AsyncAPI document of the protocol has that the gateway says this. */
export function assertSaid(dialect: string, text: string): void {
  if (!fitsOne(tables.get(dialect)?.said, text)) throw new Error(`no frame of ${dialect}: ${text}`)
}

/** Whether the document has that a client says this. */
export function isHeard(dialect: string, text: string): boolean {
  return fitsOne(tables.get(dialect)?.heard, text)
}

function fitsOne(checks: readonly Check[] | undefined, text: string): boolean {
  const value: unknown = text === 'ping' ? text : JSON.parse(text)
  return checks?.some((check) => check.Check(value)) ?? false
}
