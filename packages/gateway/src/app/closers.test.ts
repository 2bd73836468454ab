import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Closers } from './closers.ts'

it('closes the last opened first, each once, and goes on after one that fails', async () => {
  const done: string[] = []
  const note = (_fields: object, sentence: string) => void done.push(sentence)
  const closers = new Closers({ info: note, warn: note, error: note })
  closers.add('the first', async () => void done.push('first'))
  closers.add('the second', () => Promise.reject(new Error('stuck')))
  closers.add('the third', async () => void done.push('third'))
  await Promise.all([closers.close(), closers.close()])
  await closers.close()
  assert.deepEqual(done, ['third', 'the second could not be closed', 'first'])
})
