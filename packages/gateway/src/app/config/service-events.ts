import { builtInEvents } from '../../core/services/settings.ts'
import type { ServiceTypes } from '../../model/service-event.ts'
import type { Config } from './schema.ts'

const schemaTypes: readonly unknown[] = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']

/** What is wrong with the events of services: a mistake here would refuse, or pass, what it should not. */
export function eventMistakes({ services: { types, events } }: Config): string[] {
  const taken = new Set(builtInEvents.map(({ name }) => name))
  return events.flatMap(({ name, from, to, data }, i) => {
    const path = `config: services.events[${i}]`
    const found = [
      ...unknownTypes(`${path}.from`, from, types),
      ...unknownTypes(`${path}.to`, to, types),
      ...unknownSchemaTypes(`${path}.data`, data),
    ]
    if (taken.has(name)) found.unshift(`${path}.name must be one of its own: there is another "${name}"`)
    taken.add(name)
    return found
  })
}

function unknownTypes(path: string, named: ServiceTypes, types: readonly string[]): string[] {
  const names = typeof named === 'string' ? [] : named
  return names
    .filter((name) => !types.includes(name))
    .map((name) => `${path} names "${name}", which is not in services.types`)
}

/** A misspelt `type` would let everything through. */
function unknownSchemaTypes(path: string, schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { type, properties, items } = schema as Record<string, unknown>
  const own = [type ?? []].flat().filter((one) => !schemaTypes.includes(one))
  return [
    ...own.map((one) => `${path}.type must be one of ${schemaTypes.join(', ')}, got ${JSON.stringify(one)}`),
    ...Object.entries(properties ?? {}).flatMap(([name, inner]) =>
      unknownSchemaTypes(`${path}.properties.${name}`, inner),
    ),
    ...unknownSchemaTypes(`${path}.items`, items),
  ]
}
