import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Peer } from './peers/peer.ts'
import { sections } from './report.ts'
import type { Scenario } from './scenario.ts'

function peer(name: string, missing: string | null): Peer {
  return {
    name,
    missing: () => missing,
    version: () => '1',
    start: () => Promise.reject(new Error('not here')),
  }
}

function subject(label: string, missing: string | null = null): Scenario['subjects'][number] {
  return { label, peer: peer(label, missing), task: 'disk', options: {} }
}

const scenario: Scenario = {
  name: 'speed',
  says: 'How fast.',
  subjects: [subject('ours'), subject('theirs'), subject('absent', 'apt-get install absent')],
  repetitions: 3,
  ours: ['ours'],
}

test('figures are medians with their spread, and ratios are taken within a repetition', () => {
  const measured = new Map([
    ['ours', [{ speed: 10 }, { speed: 2000 }, { speed: 30 }]],
    ['theirs', [{ speed: 10 }, { speed: 1000 }, { speed: 10 }]],
  ])
  const lines = sections([{ scenario, measured }]).split('\n')
  assert.ok(lines.includes('| ours | speed | 30.0 (10.0–2,000) | 1.00 (1.00–1.00) |'))
  assert.ok(lines.includes('| theirs | speed | 10.0 (10.0–1,000) | 2.00 (1.00–3.00) |'))
})

test('a server that is not installed is named, with what to install', () => {
  const measured = new Map([['ours', [{ speed: 1 }]]])
  assert.match(sections([{ scenario, measured }]), /^\| absent \| not measured: apt-get install absent \|/m)
})
