import Schema from 'typebox/schema'
import { Problem } from '../../model/problem.ts'
import { covers, type ServiceEvent, type ServiceEventRule } from '../../model/service-event.ts'
import { knownData } from './known-data.ts'

interface Row {
  readonly rule: ServiceEventRule
  readonly validator: Schema.Validator
}

/** Of an event's data, in characters: a thousand that wait for a taker are not to fill the memory. */
const longest = 65_536

/** Which events there are, who may send them, and what their data is. */
export class EventTable {
  readonly #rows: ReadonlyMap<string, Row>

  constructor(rules: readonly ServiceEventRule[]) {
    this.#rows = new Map(rules.map((rule) => [rule.name, { rule, validator: Schema.Compile(rule.data) }]))
  }

  /**
   * Throws `invalid_request` when there is no such event or its data (named `d`) does not fit, `forbidden` when a service of
   * the type `from` may not send it.
   */
  judge(name: string, from: string, data: unknown): { rule: ServiceEventRule; event: ServiceEvent } {
    const row = this.#rows.get(name)
    if (row === undefined)
      throw new Problem('invalid_request', `t: there is no event "${name.slice(0, 40)}".`)
    const { rule, validator } = row
    if (!covers(rule.from, from)) {
      throw new Problem('forbidden', `A service of the type "${from}" cannot send ${name}.`)
    }
    const known = knownData(rule.data, data, 'd')
    if (!validator.Check(known)) throw new Problem('invalid_request', whatIsWrong(validator, known))
    const text = JSON.stringify(known)
    if (text.length > longest) {
      throw new Problem('invalid_request', `d must not be longer than ${longest} characters.`)
    }
    return { rule, event: { name, data: text } }
  }
}

function whatIsWrong(validator: Schema.Validator, data: unknown): string {
  const error = validator.Errors(data)[1][0]
  if (error === undefined) return 'd does not fit.'
  const path = `d${error.instancePath.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.')}`
  if (error.keyword === 'required') return `${path}.${error.params.requiredProperties[0]} is missing.`
  return `${path} ${error.message}.`
}
