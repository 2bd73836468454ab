import { any, open } from '../../pattern.ts'
import type { Suite } from '../../scenario.ts'
import { acknowledgingScenarios } from './acknowledging.ts'
import { emittingScenarios } from './emitting.ts'
import { listeningScenarios } from './listening.ts'
import { resumingScenarios } from './resuming.ts'

export const channelsSuite: Suite = {
  dialect: 'channels',
  scenarios: [...listeningScenarios, ...emittingScenarios, ...acknowledgingScenarios, ...resumingScenarios],
  ignores: [open({ type: 'PING', payload: any })],
  answers: [{ to: open({ type: 'PING', payload: any }), frame: { type: 'PONG' } }],
  farewells: [open({ type: 'PRESENCE:LEFT' })],
}
