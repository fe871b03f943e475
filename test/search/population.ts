import type { Resource } from '@medplum/fhirtypes'
import { Random } from './random.ts'

/** A small world with few distinct values, so that random searches often match: every kind of value, and many gaps. */
export function populate(seed: number, each: number): Resource[] {
  const random = new Random(seed)
  const world: Resource[] = []
  for (const [type, make] of Object.entries(makers)) {
    for (let i = 0; i < each; i++)
      world.push(
        withMeta(
          random,
          prune({ resourceType: type, id: `${type.slice(0, 3).toLowerCase()}${i}`, ...make(random, each) }),
        ),
      )
  }
  return world
}

export const codes = ['8480-6', '8462-4', '29463-7', 'a|b', 'x,y', 'c$d']
export const systems = ['http://loinc.org', 'http://snomed.info/sct', 'urn:oid:1.2.3']
export const words = ['Blood pressure', 'रक्तचाप', 'Fièvre jaune', 'fever', 'Blood sugar', 'Ångström']
export const families = ['Sharma', 'शर्मा', "O'Brien", 'Muller', 'Müller', 'de la Cruz', 'Smith-Jones', 'Šarma', 'वर्मा']
export const givens = ['Asha', 'आशा', 'José', 'Jose', 'ravi', 'RAVI', 'Zoë', 'राम']
export const dates = [
  '2019',
  '2020',
  '2020-02',
  '2020-02-29',
  '2020-03-01',
  '2021-12-31',
  '1950-06',
  '0099-05-04',
  '2035-01-01',
]
export const moments = [
  ...dates,
  '2020-02-29T23:30:00Z',
  '2020-03-01T05:00:00+05:30',
  '2020-02-29T23:59:59.999Z',
  '2020-02-29T18:30:00-05:00',
  '2020-01-01T00:00Z',
]
export const amounts = [0, -1, 5, 5.4, 5.35, 5.45, 99.5, 100, 100.5, 120, 1e3, 0.0000001]
export const units = [
  { unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  { unit: 'g', system: 'http://unitsofmeasure.org', code: 'g' },
  { unit: 'milligram', system: 'http://unitsofmeasure.org', code: 'mg' },
  { unit: 'mg', system: 'urn:units', code: 'milligram' },
  { unit: 'mg', code: 'g' },
  { unit: 'mg' },
  { system: 'urn:units', code: 'mg' },
  { code: 'g' },
  {},
]
export const uris = [
  'http://acme.org/fhir',
  'http://acme.org/fhir/',
  'http://acme.org/fhir/ValueSet/1',
  'http://acme.org/fhirx',
  'urn:oid:9.8',
  'http://acme.org/fhir/ValueSet/1|2.0',
]
export const places = [
  { latitude: 25.5941, longitude: 85.1376 },
  { latitude: 25.6, longitude: 85.2 },
  { latitude: -17.8, longitude: 179.9 },
  { latitude: -17.8, longitude: -179.9 },
  { latitude: 89.99, longitude: 0 },
  { latitude: 89.99, longitude: 180 },
  { latitude: 0, longitude: 0 },
]
const numbers = ['1', '2', '007', 'A-7']

type Json = Record<string, unknown>
type Maker = (random: Random, each: number) => Json

const makers: Record<string, Maker> = {
  Organization: (r, n) => ({
    identifier: r.some(numbers, 2).map((value) => identifier(r, value)),
    name: maybe(r, () => r.pick(families)),
    active: maybe(r, () => r.chance(0.5)),
    type: r.some(codes, 1).map(() => concept(r)),
    partOf: maybe(r, () => reference(r, ['Organization'], n)),
  }),
  Patient: (r, n) => ({
    identifier: r.some(numbers, 2).map((value) => identifier(r, value)),
    active: maybe(r, () => r.chance(0.5)),
    name: r
      .some(families, 2)
      .map((family) => ({ family, given: r.some(givens, 2), text: maybe(r, () => r.pick(families)) })),
    telecom: r.some(['98', '99'], 2).map((value) => ({ system: r.pick(['phone', 'email']), value })),
    gender: maybe(r, () => r.pick(['male', 'female', 'other'])),
    birthDate: maybe(r, () => r.pick(dates)),
    address: r.some(['Patna', 'पटना', 'Sao Paulo', 'São Paulo'], 1).map((city) => ({ city, line: ['1 Main Rd'] })),
    managingOrganization: maybe(r, () => reference(r, ['Organization'], n)),
    generalPractitioner: maybe(r, () => [reference(r, ['Organization', 'Practitioner'], n)]),
    ...(r.chance(0.3) && { deceasedDateTime: r.pick(moments) }),
  }),
  Practitioner: (r) => ({
    name: r.some(families, 1).map((family) => ({ family, given: r.some(givens, 1) })),
    active: maybe(r, () => r.chance(0.5)),
  }),
  Encounter: (r, n) => ({
    status: r.pick(['planned', 'finished']),
    class: coding(r),
    subject: maybe(r, () => reference(r, ['Patient'], n)),
    period: maybe(r, () => period(r)),
    length: maybe(r, () => quantity(r)),
    partOf: maybe(r, () => reference(r, ['Encounter'], n)),
  }),
  Observation: (r, n) => ({
    status: r.pick(['final', 'amended']),
    code: concept(r),
    category: r.some(codes, 1).map(() => concept(r)),
    subject: maybe(r, () => reference(r, ['Patient', 'Organization'], n)),
    encounter: maybe(r, () => reference(r, ['Encounter'], n)),
    performer: r.some(numbers, 2).map(() => reference(r, ['Practitioner', 'Organization', 'Patient'], n)),
    ...r.pick<Json>([{ effectiveDateTime: r.pick(moments) }, { effectivePeriod: period(r) }, {}]),
    ...r.pick<Json>([
      { valueQuantity: quantity(r) },
      { valueQuantity: quantity(r) },
      { valueString: r.pick(words) },
      { valueCodeableConcept: concept(r) },
      {},
    ]),
    component: r.some(codes, 2).map(() => prune({ code: concept(r), valueQuantity: maybe(r, () => quantity(r)) })),
  }),
  Condition: (r, n) => ({
    code: maybe(r, () => concept(r)),
    subject: reference(r, ['Patient'], n),
    encounter: maybe(r, () => reference(r, ['Encounter'], n)),
    ...r.pick<Json>([
      { onsetDateTime: r.pick(moments) },
      { onsetPeriod: period(r) },
      { onsetAge: quantity(r) },
      { onsetString: r.pick(words) },
      {},
    ]),
    recordedDate: maybe(r, () => r.pick(moments)),
  }),
  RiskAssessment: (r, n) => ({
    status: 'final',
    subject: reference(r, ['Patient'], n),
    prediction: r
      .some(amounts, 2)
      .map(() => r.pick<Json>([{ probabilityDecimal: r.pick(amounts) }, { probabilityRange: range(r) }])),
  }),
  Location: (r) => ({
    name: maybe(r, () => r.pick(families)),
    position: maybe(r, () => r.pick(places)),
  }),
  ValueSet: (r) => ({
    status: r.pick(['active', 'draft']),
    url: maybe(r, () => r.pick(uris.slice(0, 5))),
    name: maybe(r, () => r.pick(givens)),
    version: maybe(r, () => r.pick(['1', '2'])),
  }),
}

export const kinds = Object.keys(makers)

function withMeta(random: Random, resource: Json): Resource {
  const meta = prune({
    tag: random.some(codes, 1).map(() => coding(random)),
    profile: random.some(uris, 1),
    source: random.chance(0.2) ? random.pick(uris) : undefined,
  })
  return { ...resource, ...(Object.keys(meta).length > 0 && { meta }) } as unknown as Resource
}

function maybe<T>(random: Random, make: () => T): T | undefined {
  return random.chance(0.7) ? make() : undefined
}

function coding(r: Random): Json {
  return prune({
    system: r.chance(0.8) ? r.pick(systems) : undefined,
    code: r.chance(0.95) ? r.pick(codes) : undefined,
    display: maybe(r, () => r.pick(words)),
  })
}

function concept(r: Random): Json {
  return prune({ coding: [coding(r), ...(r.chance(0.3) ? [coding(r)] : [])], text: maybe(r, () => r.pick(words)) })
}

function identifier(r: Random, value: string): Json {
  return prune({
    system: maybe(r, () => r.pick(systems)),
    value,
    type: r.chance(0.4)
      ? {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: r.pick(['MR', 'PPN']) }],
          text: r.pick(words),
        }
      : undefined,
  })
}

function reference(r: Random, types: readonly string[], n: number): Json {
  if (r.chance(0.06)) return { reference: `http://elsewhere.org/fhir/${r.pick(types)}/1` }
  const type = r.pick(types)
  const local = { reference: `${type}/${type.slice(0, 3).toLowerCase()}${r.int(n)}` }
  return prune({
    ...local,
    identifier: r.chance(0.2) ? prune({ system: maybe(r, () => r.pick(systems)), value: r.pick(numbers) }) : undefined,
  })
}

function quantity(r: Random): Json {
  return { value: r.pick(amounts), ...r.pick(units) }
}

function range(r: Random): Json {
  const [one, two] = [r.pick(amounts), r.pick(amounts)]
  return prune({
    low: r.chance(0.8) ? { value: Math.min(one, two) } : undefined,
    high: r.chance(0.8) ? { value: Math.max(one, two) } : undefined,
  })
}

function period(r: Random): Json {
  const [one, two] = [r.pick(moments), r.pick(moments)].toSorted((a, b) => Date.parse(a) - Date.parse(b))
  return prune({ start: r.chance(0.8) ? one : undefined, end: r.chance(0.7) ? two : undefined })
}

/** Without what is absent or empty, which FHIR does not allow. */
function prune(json: Json): Json {
  return Object.fromEntries(
    Object.entries(json).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  )
}
