import { expect } from 'chai'
import fc from 'fast-check'
import { build } from '../../../mappers/build/build.ts'
import { mergeResource } from '../../../mappers/build/merge.ts'
import { CLEAR, groups, type Canonical, type Group, type Kind } from '../../../mappers/canonical.ts'
import { validator } from '../../fhir/validate/definitions.ts'
import { context } from './records.ts'

const words = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.constantFrom(
    'final',
    'A',
    'F',
    'P',
    'opd',
    'finished',
    'cancelled',
    'active',
    ' ',
    '\u0000',
    '\ud800',
    'a  b',
    'राम',
    'dispense',
    'delete',
    'cancel',
  ),
)
const day = fc.constantFrom(
  '2026',
  '2026-02',
  '2026-02-28',
  '2026-02-30',
  '',
  '0001',
  'x',
  '2026-02-28T10:00:00+05:30',
  '2026-02-28T10:00:00',
  '2027-01-01',
)
const digits = fc.constantFrom(
  '0',
  '1.10',
  '-3',
  '12',
  '007',
  '1e3',
  '.5',
  'x',
  '',
  '99999999999999999999',
  '1,200',
  '2.',
)
const identifier = fc.record(
  {
    value: words,
    system: fc.constantFrom('http://a.example/x', 'bad system', 'urn:oid:1.2'),
    type: words,
    assigner: words,
  },
  { requiredKeys: ['value'] },
)
const coded = fc.record(
  {
    text: words,
    codings: fc.array(
      fc.record(
        { system: fc.constantFrom('http://loinc.org', 'a b'), code: words, display: words },
        { requiredKeys: ['code'] },
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['codings'] },
)
const name = fc.record(
  {
    text: words,
    prefix: words,
    given: fc.array(words, { maxLength: 2 }),
    family: words,
    language: fc.constant('hi'),
    placeholder: fc.boolean(),
    use: words,
    relation: fc.record({ kind: fc.constantFrom('father', 'husband'), name: words, text: words }),
  },
  { requiredKeys: ['text'] },
)
const phone = fc.record(
  { value: words, system: fc.constantFrom('phone', 'email'), fake: fc.boolean() },
  { requiredKeys: ['value', 'system'] },
)

/** Strange but of the declared type: what a careless function of the spec could hand over. */
const kinds: Record<Kind, fc.Arbitrary<unknown>> = {
  text: words,
  date: day,
  instant: day,
  birth: fc.record({ date: day, estimated: fc.boolean() }, { requiredKeys: ['date'] }),
  name,
  sex: fc.constantFrom('male', 'female', 'other', 'unknown'),
  phone,
  address: fc.record(
    { text: words, lines: fc.array(words, { maxLength: 2 }), pin: words, use: fc.constant('home') },
    { requiredKeys: [] },
  ),
  identifier,
  coded,
  measure: fc.record(
    {
      number: digits,
      comparator: fc.constantFrom('<', '>='),
      low: digits,
      high: digits,
      unit: words,
      ucum: fc.constant('mg/dL'),
      coded,
      text: words,
      flag: words,
      date: day,
      time: fc.oneof(fc.constant('09:30:15'), words),
      period: fc.record({ start: day, end: day }, { requiredKeys: [] }),
      ratio: fc.tuple(digits, digits),
    },
    { requiredKeys: [] },
  ),
  person: fc.record({ name, ids: fc.array(identifier, { maxLength: 1 }), phone }, { requiredKeys: ['ids'] }),
  dose: fc.record(
    {
      text: words,
      timesPerDay: fc.integer({ min: 1, max: 6 }),
      timing: words,
      when: fc.array(fc.constantFrom('AC', 'HS', 'zz'), { maxLength: 2 }),
      amount: fc.record({ number: digits, unit: words }, { requiredKeys: ['number'] }),
      route: coded,
      days: fc.integer({ min: 0, max: 90 }),
      asNeeded: fc.boolean(),
      every: fc.record({ number: fc.integer({ min: 1, max: 12 }), unit: fc.constantFrom('h', 'd', 'wk', 'mo') }),
    },
    { requiredKeys: ['text'] },
  ),
  attachment: fc.record(
    {
      contentType: fc.constantFrom('application/pdf', 'text/plain', 'strange'),
      title: words,
      data: fc.constantFrom('aGk=', 'no base64!', ''),
      url: fc.constantFrom('https://a.example', 'a b'),
      text: words,
    },
    { requiredKeys: ['contentType'] },
  ),
  flag: fc.boolean(),
  number: digits,
}

function part(group: Group): fc.Arbitrary<unknown> {
  const { fields, inside } = groups[group]
  const members: Record<string, fc.Arbitrary<unknown>> = {}
  for (const [field, { kind, many }] of Object.entries(fields) as [string, { kind: Kind; many: boolean }][]) {
    const value = many ? fc.array(kinds[kind], { maxLength: 2 }) : kinds[kind]
    members[field] = fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.constant(CLEAR) })
  }
  for (const nested of inside as readonly Group[]) members[nested] ??= fc.array(part(nested), { maxLength: 2 })
  return fc.record(members, { requiredKeys: [] })
}

const records = fc
  .record(
    Object.fromEntries(
      (Object.keys(groups) as Group[]).map((group) => [
        group,
        groups[group].single ? part(group) : fc.array(part(group), { maxLength: 2 }),
      ]),
    ),
    { requiredKeys: ['patient'] },
  )
  .map((record) => record as Canonical)

/** The same, of a patient with number and name, so that nothing stops at the door. */
const named = records.map((record): Canonical => ({
  ...record,
  patient: { ...record.patient, localId: { value: 'U-1' }, name: { text: 'Geeta Devi' } },
}))

describe('whatever a record holds', () => {
  it('comes to resources that the validator of R4 accepts, with references that lead somewhere', function () {
    this.timeout(60_000)
    fc.assert(
      fc.property(fc.oneof(records, named), (record) => {
        const built = build(record, context)
        const made = new Set(built.resources.map(({ resource }) => `${resource.resourceType}/${resource.id}`))
        expect(made.size).to.equal(built.resources.length)
        for (const { resource } of built.resources) {
          const faults = validator
            .validate(JSON.parse(JSON.stringify(resource)))
            .filter(({ severity }) => severity !== 'warning')
          expect(faults, JSON.stringify(resource)).to.deep.equal([])
          for (const [, reference = ''] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g)) {
            if (reference.startsWith('Organization/IN')) continue
            expect(made.has(reference) || built.needs.includes(reference) || hasError(built), reference).to.equal(true)
          }
        }
      }),
      { numRuns: 150 },
    )
  })

  it('is joined with what is stored so that joining it again changes nothing', function () {
    this.timeout(60_000)
    fc.assert(
      fc.property(named, named, (before, after) => {
        const stored = new Map(
          build(before, context).resources.map((one) => [one.resource.resourceType + one.how, one.resource]),
        )
        for (const made of build(after, context).resources) {
          const old = stored.get(made.resource.resourceType + made.how)
          if (made.how !== 'merge' || !old) continue
          const whole = { ...old, id: made.resource.id }
          const copy = structuredClone(whole)
          const once = mergeResource(whole, made)
          expect(whole).to.deep.equal(copy)
          expect(mergeResource(once, made)).to.deep.equal(once)
          const faults = validator
            .validate(JSON.parse(JSON.stringify(once)))
            .filter(({ severity }) => severity !== 'warning')
          expect(faults, JSON.stringify(once)).to.deep.equal([])
        }
      }),
      { numRuns: 150 },
    )
  })
})

function hasError(built: ReturnType<typeof build>): boolean {
  return built.issues.some(({ level }) => level === 'error')
}
