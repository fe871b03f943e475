import type { Resource } from '@medplum/fhirtypes'
import { implied, parts, type Oracle } from './oracle.ts'
import { amounts, codes, dates, families, givens, kinds, moments, places, systems, uris, words } from './population.ts'
import type { Random } from './random.ts'

export interface Case {
  readonly type: string
  readonly pairs: readonly (readonly [string, string])[]
}

/** The parameters searched by, of every type and shape that R4 has. */
const searched: Readonly<Record<string, string>> = {
  Organization: '_id _tag _profile _source identifier name active type partof',
  Patient:
    '_id _tag _profile _source identifier active name family given phone telecom gender birthdate address address-city organization general-practitioner death-date',
  Practitioner: 'name family given active',
  Encounter: 'status class subject patient date length part-of',
  Observation:
    'status code category combo-code component-code subject patient encounter performer date value-quantity combo-value-quantity component-value-quantity value-string value-concept combo-value-concept code-value-quantity component-code-value-quantity combo-code-value-quantity code-value-concept',
  Condition: 'code subject patient encounter onset-date onset-age onset-info recorded-date',
  RiskAssessment: 'probability patient',
  Location: 'name near',
  ValueSet: 'status url name version',
}

export class Cases {
  constructor(
    readonly random: Random,
    readonly oracle: Oracle,
  ) {}

  next(): Case {
    const type = this.random.pick(kinds)
    const count = this.random.pick([1, 1, 1, 2, 2, 3])
    const pairs = Array.from({ length: count }, () => this.pair(type, 0))
    return { type, pairs: this.random.chance(0.1) ? [...pairs, ...this.between(type)] : pairs }
  }

  /** Two limits on one date. */
  between(type: string): (readonly [string, string])[] {
    const codes = (searched[type] ?? '')
      .split(' ')
      .filter((code) => code !== '_id' && this.oracle.definition(type, code).type === 'date')
    if (codes.length === 0) return []
    const code = this.random.pick(codes)
    return [1, 2].map(() => [code, this.value(type, code, 'date', undefined)] as const)
  }

  pair(type: string, depth: number): readonly [string, string] {
    const { random } = this
    if (depth < 3 && random.chance(depth === 0 ? 0.2 : 0.3)) {
      const linked = random.chance(0.5) ? this.chain(type, depth) : this.has(type, depth)
      if (linked) return linked
    }
    const code = random.pick(searched[type]?.split(' ') ?? [])
    return this.plain(type, code)
  }

  chain(type: string, depth: number): readonly [string, string] | undefined {
    const links = this.references(type)
    if (links.length === 0) return undefined
    const { code, targets } = this.random.pick(links)
    const target = this.random.pick(targets)
    const [name, value] = this.pair(target, depth + 1)
    const typed = this.random.chance(0.7) || targets.length > 1 || name.includes(':')
    return [`${code}${typed ? `:${target}` : ''}.${name}`, value]
  }

  has(type: string, depth: number): readonly [string, string] | undefined {
    const links = kinds.flatMap((source) =>
      this.references(source)
        .filter(({ targets }) => targets.includes(type))
        .map(({ code }) => ({ source, code })),
    )
    if (links.length === 0) return undefined
    const { source, code } = this.random.pick(links)
    const [name, value] = this.pair(source, depth + 1)
    return [`_has:${source}:${code}:${name}`, value]
  }

  references(type: string): { code: string; targets: string[] }[] {
    return (searched[type] ?? '').split(' ').flatMap((code) => {
      if (code === '_id') return []
      const { type: kind, target = [] } = this.oracle.definition(type, code)
      const targets = target.filter((one) => kinds.includes(one))
      return kind === 'reference' && targets.length > 0 ? [{ code, targets }] : []
    })
  }

  plain(type: string, code: string): readonly [string, string] {
    const { random } = this
    if (code === '_id')
      return [random.chance(0.2) ? '_id:not' : '_id', [1, 2].map(() => this.someone(type).id).join(',')]
    const { type: kind } = this.oracle.definition(type, code)
    if (kind !== 'composite' && random.chance(0.08)) return [`${code}:missing`, random.pick(['true', 'false'])]
    const modifier = random.chance(0.35) ? this.modifier(type, code, kind) : undefined
    const one = () => this.value(type, code, kind, modifier)
    const values = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, one)
    return [modifier === undefined ? code : `${code}:${modifier}`, values.join(',')]
  }

  modifier(type: string, code: string, kind: string): string | undefined {
    if (kind === 'token') return this.random.pick(code === 'identifier' ? ['not', 'text', 'of-type'] : ['not', 'text'])
    if (kind === 'string') return this.random.pick(['exact', 'contains'])
    if (kind === 'uri') return this.random.pick(['above', 'below', 'contains'])
    if (kind !== 'reference') return undefined
    const targets = (this.oracle.definition(type, code).target ?? []).filter((one) => kinds.includes(one))
    const whole = targets.some((one) => one in parts)
    return this.random.pick(['identifier', ...targets, ...(whole ? ['above', 'below'] : [])])
  }

  value(type: string, code: string, kind: string, modifier: string | undefined): string {
    const { random } = this
    switch (kind) {
      case 'token':
        if (modifier === 'text') return escaped(cut(random, random.pick(words)))
        return modifier === 'of-type'
          ? `http://terminology.hl7.org/CodeSystem/v2-0203|${random.pick(['MR', 'PPN'])}|${random.pick(['1', '2', '007'])}`
          : this.token(type, code)
      case 'reference':
        if (modifier === 'identifier') return random.pick(['1', '007', `${random.pick(systems)}|2`, '|A-7'])
        return this.reference(type, code, modifier)
      case 'string': {
        const text = random.pick([...families, ...givens, ...words, 'Patna', 'पट', 'sao'])
        return escaped(modifier === 'exact' ? text : cut(random, text))
      }
      case 'uri':
        if (modifier === 'above' || modifier === 'below')
          return random.pick([
            'http://acme.org/fhir',
            'http://acme.org/fhir/',
            'http://acme.org/fhir/ValueSet',
            'http://acme.org/fhir/ValueSet/1/x',
          ])
        return escaped(modifier === 'contains' ? random.pick(['fhir', 'ValueSet', 'zzz']) : random.pick(uris))
      case 'date':
        return prefix(random) + random.pick([...dates, ...moments])
      case 'special':
        return this.near()
      case 'quantity':
        return this.quantity()
      case 'composite':
        return `${this.token('Observation', 'code', false)}$${code === 'code-value-concept' ? this.token('Observation', 'value-concept', false) : this.quantity()}`
      default:
        return this.number()
    }
  }

  /** Mostly of a value that is there, written in one of the four ways. */
  token(type: string, code: string, wholeSystem = true): string {
    const { random } = this
    const values = this.oracle.values(this.someone(type), code)
    const one = values.length > 0 ? random.pick(values) : undefined
    const own = implied[`${type}.${code}`]
    if (own !== undefined && random.chance(0.4)) {
      const value = typeof one === 'string' ? one : 'x'
      return random.pick([`${own}|`, `${own}|${value}`, `urn:x|${value}`])
    }
    if (typeof one === 'string' || typeof one === 'boolean') return random.pick(['', '', '|']) + String(one)
    const coded = (one as { coding?: unknown[] } | undefined)?.coding?.[0] ?? one
    const { system, code: c, value } = (coded ?? {}) as { system?: string; code?: string; value?: string }
    const plain = escaped(c ?? value ?? random.pick(codes))
    const from = system?.includes(':') ? system : random.pick(systems)
    return random.pick([
      plain,
      `${from}|${plain}`,
      `${from}|${plain}`,
      `|${plain}`,
      ...(wholeSystem ? [`${from}|`] : []),
    ])
  }

  reference(type: string, code: string, modifier: string | undefined): string {
    const { random } = this
    const targets = (this.oracle.definition(type, code).target ?? []).filter((one) => kinds.includes(one))
    const branch = modifier === 'above' || modifier === 'below'
    const target = random.pick(branch ? targets.filter((one) => one in parts) : targets)
    const { id = '' } = this.someone(target)
    if (modifier !== undefined) return id
    return random.pick([id, `${target}/${id}`, `${target}/${id}`, `http://elsewhere.org/fhir/${target}/1`])
  }

  quantity(): string {
    const { random } = this
    const number = this.number()
    return random.pick([
      number,
      number,
      `${number}|http://unitsofmeasure.org|mg`,
      `${number}||mg`,
      `${number}||g`,
      `${number}||milligram`,
      `${number}|urn:units|mg`,
    ])
  }

  near(): string {
    const { random } = this
    const { latitude, longitude } = random.pick(places)
    const far = random.pick(['', '|0|km', '|1|km', '|2.5|km', '|6.3', '|25|km', '|14|mi', '|12000|km', '|30000|km'])
    return `${latitude}|${longitude}${far}`
  }

  number(): string {
    const { random } = this
    return prefix(random) + random.pick([...amounts.map(String), '5.40', '1e2', '100.0', '-1', '0.0', '99'])
  }

  someone(type: string): Resource {
    return this.random.pick(this.oracle.world.filter((resource) => resource.resourceType === type))
  }
}

function prefix(random: Random): string {
  return random.pick(['', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'])
}

function cut(random: Random, text: string): string {
  const letters = Array.from(text)
  return letters.slice(0, 1 + random.int(letters.length)).join('')
}

function escaped(text: string): string {
  return text.replace(/[,|$]/g, '\\$&')
}
