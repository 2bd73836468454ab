import { after, describe, it } from 'node:test'
import { http, tokenFor } from '../harness.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { bombard, unhurried } from './support/bombard.ts'
import { targets } from './support/targets/targets.ts'
import { Victim } from './support/victim.ts'

const victim = await Victim.start({ after }, { servicesSecret, ...unhurried })
await http(victim.gateway, 'POST', '/lobby/emit', { json: { content: 'hello' }, bearer: tokenFor('ann') })

describe('frames that are not of the protocol', () => {
  for (const [name, target] of Object.entries(targets)) {
    it(`are refused in its words, and cost nobody but their sender: ${name}`, (t) =>
      bombard(t, victim, target))
  }
})
