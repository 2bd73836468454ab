import { tokenFor } from '../../../harness.ts'

/** Who sends what is not of the protocol, and what there is to be named. */
export const token = tokenFor('mallory')
export const ids: readonly unknown[] = [
  'lobby',
  'room',
  '1',
  1,
  2,
  'mallory',
  'ann',
  'anonymous',
  'system',
  'evt_AAAAAAAAAAAAAAAA',
]
