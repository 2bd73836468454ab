import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoomEvent } from '../model/event.ts'
import type { Speech } from '../ports/core.ts'
import { Retellings } from './retellings.ts'

const event = (id: string): RoomEvent => ({
  id,
  room: 'lobby',
  seq: 1,
  at: 0,
  body: { kind: 'data.emitted', payload: '1', by: 'ana' },
})

function countingSpeech(): Speech & { calls: number } {
  return {
    wire: 'websocket',
    calls: 0,
    encode({ id }) {
      this.calls += 1
      return id === 'mute' ? null : `says ${id}`
    },
  }
}

test('a list is encoded once for each speech it is told in', () => {
  const retellings = new Retellings()
  const [one, other] = [countingSpeech(), countingSpeech()]
  const events = [event('a'), event('mute')]
  const told = retellings.of(events, one).map(({ encoded }) => encoded)
  assert.deepEqual(told, ['says a', null])
  assert.equal(retellings.of(events, one), retellings.of(events, one))
  assert.equal(one.calls, 2)
  retellings.of(events, other)
  assert.equal(other.calls, 2)
})

test('another list of the same events is another list', () => {
  const retellings = new Retellings()
  const speech = countingSpeech()
  retellings.of([event('a')], speech)
  retellings.of([event('a')], speech)
  assert.equal(speech.calls, 2)
})
