import type { Random } from '../../../fixtures/city/random.ts'
import { junkText } from './junk.ts'

/** A search parameter of the type that is asked, as the CapabilityStatement tells it. */
export interface Offered {
  readonly name: string
  readonly type: string
}

const results: readonly Offered[] = [
  ...['_id', '_tag', '_profile', '_security', '_source', '_list', '_filter', '_has', '_type'].map((name) => ({
    name,
    type: 'token',
  })),
  ...['_lastUpdated', '_since', '_at', 'start', 'end'].map((name) => ({ name, type: 'date' })),
  ...['_sort', '_count', '_total', '_include', '_revinclude', '_summary', '_elements', '_page', '_pretty'].map(
    (name) => ({ name, type: 'result' }),
  ),
]
const others = [
  '_format',
  '_text',
  '_content',
  'nonsense',
  'value-quantity',
  'near',
  'identifier',
  'patient',
  '_count',
  '_include:iterate',
  '_has:Observation:patient:code',
  '_has:Observation:patient:_has:Encounter:subject:status',
  'subject:Patient.name',
  'patient.organization.name',
  'patient.general-practitioner.name',
  'general-practitioner:Practitioner.identifier',
]

const modifiers: Record<string, readonly string[]> = {
  token: [':text', ':not', ':above', ':below', ':in', ':not-in', ':of-type', ':missing'],
  string: [':exact', ':contains', ':missing', ':text'],
  reference: [
    ':Patient',
    ':identifier',
    ':missing',
    '.name',
    '.identifier',
    ':Organization.name',
    '.subject.name',
    ':above',
  ],
  uri: [':above', ':below', ':missing'],
}
const anyModifier = [
  '',
  ':',
  '::exact',
  ':nonsense',
  ':__proto__',
  '.',
  '..',
  ':exact',
  ':missing',
  ':iterate',
  ':not',
  '.name',
]

const values: Record<string, readonly string[]> = {
  token: [
    'http://loinc.org|8867-4',
    '8867-4',
    '|8867-4',
    'http://loinc.org|',
    '|',
    'a|b|c',
    'final',
    'male',
    'true',
    'active',
    'http://hl7.org/fhir/ValueSet/observation-status',
    'http://terminology.hl7.org/CodeSystem/v2-0203|MR|12345',
    'fever',
    'Observation',
    'name eq "x"',
    'name eq',
    '((((',
    'given co "a" and not (family sw "b")',
  ],
  string: ['Sahu', 'sahu', 'साहू', 'a', 'Dr. %', 'x\\,y', '_'],
  reference: [
    'Patient/x',
    'x',
    'https://example.org/fhir/Patient/x',
    'Patient/x/_history/1',
    'urn:uuid:1',
    '#x',
    'http://loinc.org|1',
    'Organization/IN2297001009',
  ],
  date: [
    '2026',
    '2026-11',
    '2026-11-22',
    '2026-11-22T10:00:00+05:30',
    '2026-11-22T10:00Z',
    'ge2026',
    'lt2026-11',
    'sa2026-10-01',
    'eb2026',
    'ap2026-10',
    'ne2026',
    'le0001-01-01',
    'gt9999-12-31',
    '2026-02-30',
    'xx2026',
    'eq',
  ],
  number: ['1', '-1', '1.00', 'gt0.5', 'ap1e3', '1e400', 'ne0', '1e-400', 'lt', '0x1'],
  quantity: [
    '5.4',
    'gt5.4|http://unitsofmeasure.org|kg',
    '5.4||kg',
    'ap80||/min',
    '5|||',
    'le|x|y',
    '1e400||kg',
    '60||',
  ],
  composite: ['8867-4$gt50', 'http://loinc.org|8480-6$gt100||mm[Hg]', '$', 'a$b$c', '8867-4', '$gt5'],
  uri: ['http://x', 'urn:oid:1.2', '', 'http://x|1'],
  special: ['22.1|81.6|5|km', '22.1|81.6', 'x'],
  result: [
    '0',
    '1',
    '-1',
    '1000000',
    '99999999999999999999',
    '*',
    'true',
    'accurate',
    'none',
    'estimate',
    'count',
    'data',
    'text',
    'Patient:general-practitioner',
    'Observation:subject:Patient',
    'Observation:*',
    'Encounter:patient',
    '-date',
    '-date,_id,-_lastUpdated',
    'date,date',
    'name',
    '-_id',
    'id,name,subject',
    'code',
  ],
}
const everyValue = Object.values(values).flat()

const lengths = [
  { weight: 10, n: 0 },
  { weight: 50, n: 1 },
  { weight: 25, n: 2 },
  { weight: 15, n: 4 },
]

/** `?a=b&c=d`: mostly parameters the type has, with values and modifiers of their kind; then what does not fit. */
export function randomQuery(random: Random, offered: readonly Offered[] = []): string {
  const pairs = Array.from({ length: random.weighted(lengths).n }, () => pair(random, offered))
  if (random.chance(0.02)) pairs.push(...Array.from({ length: 800 }, (_, i) => `_tag=t${i}`))
  return pairs.length > 0 ? `?${pairs.join(random.chance(0.03) ? ';' : '&')}` : ''
}

function pair(random: Random, offered: readonly Offered[]): string {
  const { name, type } = random.chance(0.1)
    ? { name: random.chance(0.2) ? junkText(random) : random.pick(others), type: 'token' }
    : random.pick(offered.length > 0 && random.chance(0.75) ? offered : results)
  const modifier = random.chance(0.7)
    ? ''
    : random.pick(random.chance(0.8) ? (modifiers[type] ?? anyModifier) : anyModifier)
  const count = random.chance(0.15) ? random.int(2, 5) : 1
  const value = random.chance(0.12)
    ? junkText(random)
    : Array.from({ length: count }, () => valueFor(modifier, type, random)).join(',')
  return `${escape(name + modifier, random)}${random.chance(0.02) ? '' : '='}${escape(value, random)}`
}

function valueFor(modifier: string, type: string, random: Random): string {
  if (modifier === ':missing' && random.chance(0.9)) return random.pick(['true', 'false'])
  return random.pick(random.chance(0.9) ? (values[type] ?? everyValue) : everyValue)
}

/** Percent-encoded as it should be, or not quite. */
export function escape(text: string, random: Random): string {
  if (random.chance(0.004))
    return random.pick(['%', '%z', '%zz', '%00', '%ff', '%c0%af', '%ed%a0%80', '%2525', '+', '%2e%2e%2f'])
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
}
