import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ConfigError, configOf } from './load.ts'

const event = { name: 'NEWS', from: 'all', to: ['panel'], delivery: 'all', data: {} }

function mistakesOf(...events: object[]): readonly string[] {
  try {
    configOf({ services: { events: events as never } })
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
  return []
}

it('events of services are taken as the table has them', () => {
  assert.deepEqual(mistakesOf(event, { ...event, name: 'OTHER', from: ['feeds', 'panel'], to: 'none' }), [])
})

it('an event of another shape is refused with the shape it should have', () => {
  for (const wrong of [
    { ...event, from: 'panel' },
    { ...event, delivery: 'some' },
    { ...event, more: 1 },
    { ...event, to: [] },
    { name: 'NEWS' },
  ]) {
    const [mistake, ...others] = mistakesOf(wrong)
    assert.deepEqual(others, [])
    assert.match(mistake ?? '', /^config: services\.events must be a list of events, each \{ name, from, to/)
  }
})

it('mistakes between right events are named with their place', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'strnig' }, b: { items: { type: ['null', 5] } } },
  }
  assert.deepEqual(mistakesOf(event, event, { ...event, name: 'IDENTIFIED', from: ['bots'], data: schema }), [
    'config: services.events[1].name must be one of its own: there is another "NEWS"',
    'config: services.events[2].name must be one of its own: there is another "IDENTIFIED"',
    'config: services.events[2].from names "bots", which is not in services.types',
    'config: services.events[2].data.properties.a.type must be one of object, array, string, number, integer, boolean, null, got "strnig"',
    'config: services.events[2].data.properties.b.items.type must be one of object, array, string, number, integer, boolean, null, got 5',
  ])
})

it('a services secret in production mode is long', () => {
  const secret = 'x'.repeat(32)
  assert.throws(
    () => configOf({ mode: 'production', secret, servicesSecret: 'short' }),
    /config: servicesSecret must have at least 32 characters in production mode, got 5/,
  )
  assert.equal(configOf({ mode: 'production', secret }).servicesSecret, null)
})
