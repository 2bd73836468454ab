import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../../model/problem.ts'
import { checkSite } from './caller.ts'

describe('a page of another site', () => {
  const isRefused = (error: unknown) => error instanceof Problem && error.code === 'origin_not_allowed'
  const asking = (originAllowed: boolean, headers: Record<string, string> = {}) => ({
    originAllowed,
    header: (name: string) => headers[name],
  })

  it('may ask when its origin is allowed', () => {
    checkSite(asking(true, { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }))
  })

  it('may not when it is not, or not said', () => {
    assert.throws(() => checkSite(asking(false, { origin: 'https://app.example' })), isRefused)
    assert.throws(() => checkSite(asking(true, { 'sec-fetch-site': 'cross-site' })), isRefused)
  })

  it('is told from one of the same site, a typed address and no browser at all', () => {
    for (const site of ['same-origin', 'same-site', 'none'])
      checkSite(asking(true, { 'sec-fetch-site': site }))
    checkSite(asking(true))
  })
})
