import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMetrics } from './metrics.ts'

describe('the figures', () => {
  it('count, by label where there is one, and read gauges when they are asked', async () => {
    const metrics = createMetrics({ processToo: false })
    let size = 1
    metrics.count('events_total')
    metrics.count('events_total', 4)
    metrics.count('posts_total', 1, { verdict: 'sent' })
    metrics.gauge('rooms', 'Rooms there are.', () => size)
    size = 7
    const { contentType, text } = await metrics.page()
    assert.match(contentType, /^text\/plain; version=0\.0\.4/)
    assert.match(text, /^parlance_events_total 5$/m)
    assert.match(text, /^parlance_posts_total\{verdict="sent"\} 1$/m)
    assert.match(text, /^# HELP parlance_rooms Rooms there are\.$/m)
    assert.match(text, /^parlance_rooms 7$/m)
    assert.doesNotMatch(text, /process_/)
  })

  it('of two gateways do not mix', async () => {
    const one = createMetrics({ processToo: false })
    const other = createMetrics({ processToo: false })
    one.count('events_total')
    other.count('events_total', 2)
    assert.match((await one.page()).text, /^parlance_events_total 1$/m)
    assert.match((await other.page()).text, /^parlance_events_total 2$/m)
  })

  it('are those of the process as well where it is nothing but a gateway', async () => {
    assert.match((await createMetrics({ processToo: true }).page()).text, /^process_resident_memory_bytes /m)
  })
})
