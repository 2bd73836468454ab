import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../../model/problem.ts'
import { checkSite } from './caller.ts'
import { defaultChannelsOptions } from './options.ts'

describe('a page of another site', () => {
  const isRefused = (error: unknown) => error instanceof Problem && error.code === 'origin_not_allowed'
  const options = { ...defaultChannelsOptions, allowedOrigins: ['https://app.example'] }
  const asking = (headers: Record<string, string>) => ({
    query: new URLSearchParams(),
    header: (name: string) => headers[name],
  })

  it('may emit when its origin is allowed', () => {
    checkSite(asking({ 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }), options)
  })

  it('may not when it is not, or not said', () => {
    const origins: Record<string, string>[] = [{}, { origin: 'null' }, { origin: 'https://app.example.evil' }]
    for (const headers of origins) {
      const request = asking({ 'sec-fetch-site': 'cross-site', ...headers })
      assert.throws(() => checkSite(request, options), isRefused)
    }
  })

  it('is told from one of the same site, a typed address and no browser at all', () => {
    for (const site of ['same-origin', 'same-site', 'none'])
      checkSite(asking({ 'sec-fetch-site': site }), options)
    checkSite(asking({}), options)
  })
})
