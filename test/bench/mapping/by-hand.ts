// A long file: it is one comparison, and what is written by hand is written in one place.
import { hash } from 'node:crypto'
import type {
  Address,
  ContactPoint,
  Encounter,
  HumanName,
  MedicationRequest,
  Patient,
  TimingRepeat,
} from '@medplum/fhirtypes'

/**
 * The mapping of rows.ts as somebody careful would write it in JavaScript for this one clinic: the same checks, findings
 * and resources, with no mapper. It knows the columns' places and the forms this clinic uses, and reads no others.
 */
export interface ByHand {
  readonly key: string
  readonly fingerprint: string
  readonly lane: string
  readonly state: 'mapped' | 'quarantined'
  readonly issues: readonly { readonly code: string; readonly column: string; readonly level: string }[]
  readonly unmapped: readonly { readonly list: string; readonly code: string }[]
  readonly resources: readonly { readonly resource: object; readonly how: string }[]
}

const FACILITY = 'IN2297001009'
const house = { reference: `Organization/${FACILITY}`, display: 'Bench Clinic' }
const meta = { source: `Organization/${FACILITY}` }
const UCUM = 'http://unitsofmeasure.org'

const sexes: Readonly<Record<string, 'male' | 'female' | 'other'>> = { m: 'male', f: 'female', o: 'other' }
const drugs = new Map([
  ['paracetamol 500', 'pcm500'],
  ['amoxicillin 500', 'amx500'],
  ['cetirizine 10', 'cet10'],
  ['ors', 'ors'],
  ['pantoprazole 40', 'pan40'],
])
const frequencies = new Map<string, readonly [times: number, code: string]>([
  ['od', [1, 'QD']],
  ['bd', [2, 'BID']],
  ['tds', [3, 'TID']],
  ['qid', [4, 'QID']],
])

/** A primitive's extensions stand beside it. */
interface Birth {
  birthDate?: string
  _birthDate?: object
}

type Issues = { code: string; column: string; level: string }[]

export function mapByHand(cells: readonly string[], raw: string, receivedAt: Date): ByHand {
  const issues: Issues = []
  const unmapped: { list: string; code: string }[] = []
  const resources: { resource: object; how: string }[] = []
  const uhid = tidy(cells[0])
  const number = tidy(cells[1])
  const name = nameOf(tidy(cells[2]), issues)
  if (uhid === '') refuse(issues, 'VALUE_NEEDED', 'UHID')
  if (number === '') refuse(issues, 'VALUE_NEEDED', 'OPD No')
  const at = dateTimeOf(tidy(cells[7]), tidy(cells[8]), issues, receivedAt)
  const patientId = idOf('Patient', uhid)
  const subject = { reference: `Patient/${patientId}`, ...(name?.text && { display: name.text }) }
  const telecom = phonesOf(tidy(cells[5]), issues)
  const birth = birthOf(tidy(cells[3]), at, issues)
  const address = addressOf(tidy(cells[6]))
  const patient: Patient = {
    resourceType: 'Patient',
    id: patientId,
    identifier: [{ type: typed('MR'), system: system('mrn'), value: uhid }],
    ...(name && { name: [name] }),
    ...(telecom.length > 0 && { telecom }),
    gender: sexOf(tidy(cells[4]), issues, unmapped),
    ...birth,
    ...(address && { address: [address] }),
    managingOrganization: house,
    meta,
  }
  resources.push({ resource: patient, how: 'merge' })
  const visitId = idOf('Encounter', number)
  const encounter = `Encounter/${visitId}`
  const [department, complaint, room, token] = [tidy(cells[9]), tidy(cells[10]), tidy(cells[11]), tidy(cells[12])]
  const visit: Encounter = {
    resourceType: 'Encounter',
    id: visitId,
    identifier: [
      { type: typed('VN'), system: system('visit'), value: number },
      ...(token === '' ? [] : [{ system: system('token'), value: token }]),
    ],
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    ...(department !== '' && { serviceType: { text: department } }),
    subject,
    ...(at && { period: { start: at } }),
    ...(complaint !== '' && { reasonCode: [{ text: complaint }] }),
    ...(room !== '' && { location: [{ location: { display: room }, status: 'active' }] }),
    serviceProvider: house,
    meta,
  }
  resources.push({ resource: visit, how: 'merge' })
  const seen = new Set<string>()
  for (let n = 13; n < 25; n += 3) {
    const drug = tidy(cells[n])
    if (drug === '') break
    const [dose, days] = [tidy(cells[n + 1]), daysOf(tidy(cells[n + 2]), issues)]
    const coding = codingOf(drug, issues, unmapped)
    const resource: MedicationRequest = {
      resourceType: 'MedicationRequest',
      id: idOf('MedicationRequest', keyOf(number, drug, seen)),
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { coding: [coding], text: drug },
      subject,
      encounter: { reference: encounter },
      ...(at && { authoredOn: at }),
      ...(dose !== '' && { dosageInstruction: [dosageOf(dose, days)] }),
      ...(days !== undefined && { dispenseRequest: { expectedSupplyDuration: duration(days) } }),
      meta,
    }
    resources.push({ resource, how: 'whole' })
  }
  const refused = issues.some(({ level }) => level === 'error')
  return {
    key: number.replaceAll('|', '||'),
    fingerprint: hash('sha256', raw.replace(/\r\n?/g, '\n').normalize('NFC').trimEnd()).slice(0, 32),
    lane: `Patient/${patientId}`,
    state: refused ? 'quarantined' : 'mapped',
    issues,
    unmapped,
    resources: refused ? [] : resources,
  }
}

function tidy(cell: string | undefined): string {
  return (cell ?? '').normalize('NFC').replace(/\s+/g, ' ').trim()
}

function refuse(issues: Issues, code: string, column: string): undefined {
  issues.push({ code, column, level: 'error' })
}

function warn(issues: Issues, code: string, column: string): undefined {
  issues.push({ code, column, level: 'warning' })
}

function idOf(type: string, key: string): string {
  const hex = hash('sha256', `${FACILITY}\n${type}\n${key}`)
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3] ?? '8'
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The same medicine twice on one slip is two requests. */
function keyOf(visit: string, drug: string, seen: Set<string>): string {
  const key = `${visit}\n${drug.toLowerCase()}\n`
  for (let n = 1; ; n++) {
    const one = n === 1 ? key : `${key}\n#${n}`
    if (!seen.has(one)) return (seen.add(one), one)
  }
}

function system(of: string): string {
  return `https://parchi.example/facility/${FACILITY}/${of}`
}

function typed(code: string) {
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] }
}

const PREFIX = /^(?:(?:shri|smt|mrs|mr|ms|miss|dr|ku|master|baby)(?:\.\s*|\s+))+/i
const PLACEHOLDER = /^(?:baby of|b\/o|unknown|unidentified|not known)\b/i
const RELATION = /[\s,(]+(?:w\/o|s\/o|d\/o|c\/o)[\s.:]+[^)]+\)?$/i

function nameOf(text: string, issues: Issues): HumanName | undefined {
  if (text === '' || !/\p{L}/u.test(text)) return refuse(issues, 'NAME_MISSING', 'Name')
  if (PLACEHOLDER.test(text)) {
    warn(issues, 'NAME_PLACEHOLDER', 'Name')
    return { use: 'temp', text }
  }
  const own = text.replace(RELATION, '')
  const prefix = PREFIX.exec(own)?.[0].trim()
  const words = (prefix === undefined ? own : own.slice(prefix.length)).split(' ').filter(Boolean)
  const family = words.length > 1 ? words.pop() : undefined
  return { text: own, ...(family && { family }), given: words, ...(prefix && { prefix: [prefix] }) }
}

const ESTIMATED = {
  url: 'https://city.parchi.example/fhir/StructureDefinition/estimated-birth-date',
  valueBoolean: true,
}

function birthOf(text: string, at: string | undefined, issues: Issues): Birth {
  if (text === '' || at === undefined) return {}
  const [, digits, unit = 'Y'] = /^(\d{1,3})\s*([YMD])?$/i.exec(text) ?? []
  if (digits === undefined) return (warn(issues, 'VALUE_FORMAT', 'Age'), {})
  if (unit.toUpperCase() !== 'Y') {
    const day = new Date(`${at.slice(0, 10)}T00:00:00Z`)
    if (unit.toUpperCase() === 'M') day.setUTCMonth(day.getUTCMonth() - Number(digits))
    else day.setUTCDate(day.getUTCDate() - Number(digits))
    return estimated(day.toISOString().slice(0, unit.toUpperCase() === 'M' ? 7 : 10))
  }
  if (Number(digits) > 120) return (refuse(issues, 'AGE_RANGE', 'Age'), {})
  return estimated(String(Number(at.slice(0, 4)) - Number(digits)))
}

function estimated(birthDate: string): Birth {
  return { birthDate, _birthDate: { extension: [ESTIMATED] } }
}

function sexOf(
  text: string,
  issues: Issues,
  unmapped: { list: string; code: string }[],
): NonNullable<Patient['gender']> {
  const sex = sexes[text.toLowerCase()]
  if (sex !== undefined || text === '') return sex ?? 'unknown'
  warn(issues, 'SEX_UNKNOWN', 'Sex')
  unmapped.push({ list: 'sex', code: text })
  return 'unknown'
}

function phonesOf(cell: string, issues: Issues): ContactPoint[] {
  if (cell === '') return []
  if (/^\d(?:\.\d+)?e\+?\d+$/i.test(cell)) return (warn(issues, 'NUM_LOSSY', 'Mobile'), [])
  return cell.split(/[,/]/).flatMap((text): ContactPoint[] => {
    const digits = text.replace(/\D/g, '').replace(/^(?:91|0)(?=\d{10}$)/, '')
    if (!/^[6-9]\d{9}$/.test(digits))
      return (warn(issues, 'PHONE_FAKE', 'Mobile'), [{ system: 'phone', value: text.trim() }])
    if (/^(\d)\1{9}$/.test(digits) || digits === '9876543210') warn(issues, 'PHONE_FAKE', 'Mobile')
    return [{ system: 'phone', value: `+91${digits}`, use: 'mobile' }]
  })
}

const PIN = /(?<!\d)([1-9]\d{2}\s?\d{3})(?!\d)/
const STATE = /^(?:chh?attisgarh|c\.?g\.?)$/i

function addressOf(text: string): Address | undefined {
  if (text === '') return undefined
  const pin = PIN.exec(text)?.[1]
  const parts = (pin === undefined ? text : text.replace(pin, ','))
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  const line = parts.filter((part) => !STATE.test(part))
  const state = line.length < parts.length ? 'Chhattisgarh' : undefined
  return {
    text,
    ...(line.length > 0 && { line }),
    ...(state && { state }),
    ...(pin !== undefined && { postalCode: pin.replace(' ', '') }),
  }
}

function dateTimeOf(date: string, time: string, issues: Issues, receivedAt: Date): string | undefined {
  const [, d = '', m = '', y = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(date) ?? []
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? []
  if (y === '' || hour === '' || Number(hour) > 23 || Number(minute) > 59) return refuse(issues, 'DATE_FORMAT', 'Date')
  const day = new Date(Date.UTC(Number(y), Number(m) - 1, Number(d)))
  if (day.getUTCDate() !== Number(d) || day.getUTCMonth() !== Number(m) - 1)
    return refuse(issues, 'DATE_IMPOSSIBLE', 'Date')
  // Days are India's: five and a half hours ahead.
  if (day.getTime() > receivedAt.getTime() + 19_800_000) return refuse(issues, 'DATE_FUTURE', 'Date')
  return `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}T${hour.padStart(2, '0')}:${minute}:00+05:30`
}

function daysOf(text: string, issues: Issues): number | undefined {
  if (text === '') return undefined
  if (/^\d{1,3}$/.test(text)) return Number(text)
  return warn(issues, 'VALUE_FORMAT', 'Days')
}

function codingOf(drug: string, issues: Issues, unmapped: { list: string; code: string }[]) {
  const code = drugs.get(drug.toLowerCase())
  if (code !== undefined) return { system: 'https://parchi.example/fhir/CodeSystem/opd-drugs', code }
  warn(issues, 'CODE_UNMAPPED', 'Medicine')
  unmapped.push({ list: 'drug', code: drug })
  return { system: 'urn:parchi:codes:drug', code: drug }
}

function dosageOf(text: string, days: number | undefined) {
  const [times, code] = frequencies.get(text.toLowerCase()) ?? []
  const slots = times === undefined && /^\d-\d-\d(?:-\d)?$/.test(text) ? text.split('-').filter((n) => n !== '0') : []
  const frequency = times ?? slots.length
  const same = slots.length > 0 && slots.every((n) => n === slots[0])
  const repeat: TimingRepeat = {
    ...(days !== undefined && { boundsDuration: duration(days) }),
    ...(frequency > 0 && { frequency, period: 1, periodUnit: 'd' as const }),
  }
  const coding =
    code === undefined ? undefined : [{ system: 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation', code }]
  const isTimed = frequency > 0 || days !== undefined
  return {
    text,
    ...(isTimed && { timing: { repeat, ...(coding && { code: { coding } }) } }),
    ...(same && { doseAndRate: [{ doseQuantity: { value: Number(slots[0]) } }] }),
  }
}

function duration(days: number) {
  return { value: days, unit: 'days', system: UCUM, code: 'd' }
}
