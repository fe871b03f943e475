import { readPrescription } from '../values/prescriptions.ts'
import type { Finding } from './findings.ts'
import { ageAndSex } from './combined.ts'
import { groupOf, type Group } from './groups.ts'
import { because, list, quoted, type Line } from './lines.ts'
import { resultLines } from './results.ts'

/** The lines under `bind:` for a file of its own. */
export interface Bindings {
  readonly lines: readonly Line[]
  /** Columns that found no place. */
  readonly unused: readonly Finding[]
}

/** The code lists it asks for. */
export interface Chosen {
  readonly diagnosis?: string | undefined
  readonly drug?: string | undefined
  readonly test?: string | undefined
  /** Words for how stays ended are listed in the file itself. */
  readonly outcomes?: boolean
}

/** `as:` of a field that one column fills; '' takes the field's own function. */
const single: Readonly<Record<string, string>> = {
  'patient.mother': 'person-name', 'patient.deceasedAt': 'datetime', 'patient.sex': 'sex', 'patient.abha': 'abha',
  'patient.abhaAddress': 'abha-address', 'patient.otherIds': 'identifier', 'patient.marital': 'coded', 'patient.religion': 'coded',
  'visit.id': '', 'visit.class': '', 'visit.type': 'coded', 'visit.department': '', 'visit.doctor': 'person', 'visit.referrer': 'person', 'visit.referredTo': '',
  'visit.ward': '', 'visit.bed': '', 'visit.complaint': '', 'visit.disposition': 'coded', 'visit.token': '', 'visit.fee': 'money',
  'visit.followUp': 'date', 'visit.notes': '', 'appointment.id': '', 'appointment.status': '', 'appointment.doctor': 'person',
  'appointment.department': '', 'appointment.type': 'coded', 'appointment.reason': 'coded', 'appointment.token': '', 'appointment.notes': '',
} // prettier-ignore

export function bindingsOf(
  found: readonly Finding[],
  codes: Chosen,
  inside: readonly (readonly Line[])[] = [],
): Bindings {
  const used = new Set<Finding>()
  const take = (field: string): Finding | undefined => {
    const one = found.find((finding) => finding.field === field && finding.loinc === undefined && !used.has(finding))
    if (one) used.add(one)
    return one
  }
  const day = dayOf(found)
  const lines: Line[] = [...patientLines(found, take, day), ...visitLines(found, take), ...appointmentLines(take)]
  for (const [field, as] of Object.entries(single)) {
    const one = take(field)
    if (one && codes.outcomes && field === 'visit.disposition') {
      lines.push(bindLine(field, one, '{ code: outcome }'))
      continue
    }
    const more = one && field === 'visit.notes' ? take(field) : undefined
    if (one && more)
      lines.push({ text: `  ${field}: { from: ${list([one.path, more.path])}, join: '; ' }`, note: because(one) })
    else if (one) lines.push(bindLine(field, one, as))
  }
  lines.push(
    ...groupLines(found, { used, codes, day }),
    ...vaccineLines(found, used),
    ...resultLines({ found, used, list: codes.test, inside }),
  )
  const rest = found.filter((one) => !used.has(one) && !['serial', 'updated', 'patient.aadhaar'].includes(one.field))
  return { lines, unused: rest }
}

type Take = (field: string) => Finding | undefined

function bindLine(field: string, one: Finding, as: string, more = ''): Line {
  if (one.many && as === '') return { text: `  ${field}: { from: ${quoted(one.path)}, join: ', '${more} }`, note: because(one) }
  const binding = as === '' && more === '' ? quoted(one.path) : `{ from: ${quoted(one.path)}${as && `, as: ${as}`}${more} }`
  return { text: `  ${field}: ${binding}`, note: because(one) }
} // prettier-ignore

/** The column whose day an age was told on, and other things happened. */
function dayOf(found: readonly Finding[]): Finding | undefined {
  const days = ['visit.at', 'result.at', 'report.at', 'report.issued', 'medication.dispensedAt', 'appointment.start']
  return days.flatMap((field) => found.find((one) => one.field === field) ?? [])[0]
}

/** Who a relation is, as far as the header tells. */
function kindOf(header: string): string {
  const said = [['father', /father|पिता|pita/i], ['husband', /husband|spouse|पति|pati(?!ent)/i], ['mother', /mother|माता|mata/i]] as const
  const kinds = said.filter(([, pattern]) => pattern.test(header))
  return kinds.length === 1 ? (kinds[0]?.[0] ?? 'guardian') : 'guardian'
} // prettier-ignore

/** A number of a visit or a report that stands on several rows, all of one person (doubts.ts has seen to that). */
function shared(found: readonly Finding[]): Finding | undefined {
  return found.find(({ field, loinc, profile }) => loinc === undefined && (field === 'visit.id' || field === 'report.id') && profile.distinct < profile.filled * 0.8) // prettier-ignore
}

function patientLines(found: readonly Finding[], take: Take, day: Finding | undefined): Line[] {
  const lines: Line[] = []
  const id = take('patient.localId')
  if (id) lines.push(bindLine('patient.localId', id, '[trim, identifier]', ', need: record'))
  const name = take('patient.name')
  const [title, given, middle, family] = ['prefix', 'givenName', 'middleName', 'familyName'].map((field) =>
    take(`patient.${field}`),
  )
  const parts = given || family ? [title, given, middle, family].filter((one) => one !== undefined) : []
  const must = id ? '' : ', need: record'
  if (name) lines.push(bindLine('patient.name', name, 'person-name', must))
  else if (parts[0])
    lines.push({ text: `  patient.name: { from: ${list(parts.map(({ path }) => path))}, join: ' ', as: person-name${must} }`, note: because(parts[0]) }) // prettier-ignore
  const [birth, years, unit] = [take('patient.birth'), take('age'), take('age.unit')]
  const age = years && { ...years, from: unit ? `${list([years.path, unit.path])}, join: ' '` : quoted(years.path) }
  if (birth) lines.push(bindLine('patient.birth', birth, 'date'))
  if (birth && age)
    lines.push({ text: `  patient.age: ${unit ? `{ from: ${age.from} }` : age.from}`, note: because(age) })
  if (!birth && age)
    lines.push({
      text: `  patient.birth: { from: ${age.from}, as: ${day ? `{ age-at: ${quoted(day.path)} }` : 'age'} }`,
      note: because(age),
    })
  lines.push(
    ...ageAndSex(take('age.sex'), day, {
      age: !birth && !age,
      sex: !found.some(({ field }) => field === 'patient.sex'),
    }),
  )
  const relation = take('patient.relation')
  if (relation) lines.push(bindLine('patient.relation', relation, `{ relation: ${kindOf(relation.header)} }`))
  const account = id ? undefined : (take('bill') ?? shared(found))
  if (account)
    lines.push({
      ...bindLine('patient.accountNumber', account, 'identifier'),
      note: 'there is no number of the patient’s own: all rows of this one are one person’s',
    })
  const [phones, second] = [take('patient.phones'), take('patient.phones')]
  const email = take('patient.email')
  const mobiles = [phones, second].flatMap((one) => (one ? [`{ from: ${quoted(one.path)}, as: in-mobile }`] : []))
  const ways = [...mobiles, email && `{ from: ${quoted(email.path)}, as: phone }`].filter(Boolean)
  const first = phones ?? email
  if (first && ways.length === 1) lines.push(bindLine('patient.phones', first, phones ? 'in-mobile' : 'phone'))
  else if (first) lines.push({ text: `  patient.phones: [${ways.join(', ')}]`, note: because(first) })
  const places = ['address', 'address', 'city', 'district', 'state', 'pin'].flatMap(
    (field) => take(`patient.${field}`) ?? [],
  )
  if (places[0]) lines.push(places.length === 1 ? bindLine('patient.address', places[0], 'address') : { text: `  patient.address: { from: ${list(places.map(({ path }) => path))}, join: ', ', as: address }`, note: because(places[0]) }) // prettier-ignore
  return lines
}

/** A day that is written once for all rows below it: those would be set aside, and nobody may guess what is meant. */
function blanks({ values, profile }: Finding): string {
  const blank = values.length - profile.filled
  return blank >= 3 && blank > values.length / 10
    ? `; blank in ${blank} of ${values.length} rows: fill it in before exporting`
    : ''
}

/** Constants of a visit that its file does not tell, and its time from one or two columns. */
function visitLines(found: readonly Finding[], take: Take): Line[] {
  const has = (field: string) => found.some((one) => one.field === field)
  const stays = has('visit.end') || has('visit.ward') || has('visit.bed')
  const charted = has('result.at')
  const [at, time] = [take('visit.at'), charted ? undefined : take('time')]
  const lines: Line[] = []
  if (at) {
    const from = time ? `${list([at.path, time.path])}, join: ' '` : quoted(at.path)
    lines.push({ text: `  visit.at: { from: ${from}, as: datetime, need: record }`, note: `${because(at)}${blanks(at)}` })
  }
  if (!at && !has('visit.id')) return lines
  const urgent = found.some(({ field, header }) => (field === 'visit.id' || field === 'visit.at') && /\b(?:er|emergency|casualty|trauma)\b|आपात/i.test(header))
  if (!has('visit.class') && urgent && !stays) lines.push({ text: '  visit.class: { const: emergency }', note: 'the headers say so' })
  else if (!has('visit.class'))
    lines.push({ text: `  visit.class: { const: ${stays ? 'inpatient' : 'outpatient' } }`, note: stays ? 'wards, beds or discharges are told' : 'nothing tells of wards or beds' }) // prettier-ignore
  const [end, left] = [take('visit.end'), take('visit.endTime')]
  if (end) lines.push({ text: `  visit.end: { from: ${left ? `${list([end.path, left.path])}, join: ' '` : quoted(end.path)}, as: datetime }`, note: because(end) })
  if (!end && !stays) lines.push({ text: '  visit.status: { const: finished }', note: 'a register is written when the patient has been seen' })
  else if (end)
    lines.push(
      { text: '  visit.status:' },
      { text: `    - { const: finished, when: { ${quoted(end.path)}: filled } }` },
      { text: `    - { const: in-progress, when: { ${quoted(end.path)}: blank } }` },
    )
  return lines
} // prettier-ignore

function appointmentLines(take: Take): Line[] {
  const [start, time] = [take('appointment.start'), take('appointment.time')]
  if (!start) return []
  const from = time ? `${list([start.path, time.path])}, join: ' '` : quoted(start.path)
  return [{ text: `  appointment.start: { from: ${from}, as: datetime, need: record }`, note: because(start) }]
}

/** Columns of vaccines with the days on which they were given. */
function vaccineLines(found: readonly Finding[], used: Set<Finding>): Line[] {
  const days = found.filter(({ field }) => field === 'immunization.day')
  if (days.length === 0 || found.some(({ field }) => field === 'immunization.vaccine')) return []
  for (const one of days) used.add(one)
  return [
    { text: '  immunization:' },
    { text: '    each:' },
    { text: '      rows:' },
    ...days.map((one) => ({ text: `        - { col: ${quoted(one.path)}, name: ${quoted(one.label ?? one.header)} }`, note: because(one) })),
    { text: `    vaccine: { const: '{name}', as: coded }` },
    { text: `    at: { from: '{col}', as: datetime }` },
  ]
} // prettier-ignore

interface Around {
  readonly used: Set<Finding>
  readonly codes: Chosen
  readonly day: Finding | undefined
}

function groupLines(found: readonly Finding[], { used, codes, day }: Around): Line[] {
  const of = (field: string) => found.find((one) => one.field === field && one.loinc === undefined)
  const as = (list: string, name: string | undefined) => (name === undefined ? 'coded' : `{ code: ${list} }`)
  const on = day ? [`at: { from: ${quoted(day.path)}, as: datetime }`] : []
  const surgeon = of('visit.doctor')
  const [icd, words] = [of('problem.icd10'), of('problem')]
  if (icd && words) used.add(words)
  const groups: Group[] = [
    problemGroup(icd, words, as('diagnosis', codes.diagnosis)),
    medicationGroup(of, as('drug', codes.drug)),
    { name: 'order', fields: [['code', 'order.code', 'coded']], ...(day && { more: on }) },
    { name: 'allergy', fields: [['code', 'allergy.code', 'coded']] },
    {
      name: 'immunization',
      fields: [['vaccine', 'immunization.vaccine', 'coded'], ['number', 'immunization.number', ''], ['lot', 'immunization.lot', ''], ['expires', 'immunization.expires', 'date'], ['site', 'immunization.site', 'coded'], ['by', 'immunization.by', 'person'], ['notes', 'immunization.notes', "{ blank-if: [No, Nil, None, NA, '-'] }"]],
      more: on,
    },
    {
      name: 'procedure',
      fields: [['code', 'procedure.code', 'coded'], ['by', 'procedure.by', 'person'], ['assistants', 'procedure.assistants', 'person']],
      // Of a stay nobody knows on which of its days it was done.
      more: [...(of('visit.end') ? [] : on), ...(surgeon && !of('procedure.by') && /surgeon|operat|dentist|perform/i.test(surgeon.header) ? [`by: { from: ${quoted(surgeon.path)}, as: person }`] : []), 'status: { const: completed }'],
    },
  ]
  return groups.flatMap((group) => groupOf(group, found, used))
} // prettier-ignore

/** Codes with the words for them beside; several in a cell become several diagnoses. */
function problemGroup(icd: Finding | undefined, words: Finding | undefined, as: string): Group {
  const sure = words && /^prov|\bprov/i.test(words.header) ? { more: ['verification: { const: provisional }'] } : {}
  if (!icd) return { name: 'problem', fields: [['code', 'problem', as]], ...sure }
  const several = icd.number === undefined && icd.values.some((value) => /[a-z]\d\d\S*\s*[,;/+&]\s*[a-z]\d/i.test(value))
  if (several) return { name: 'problem', fields: [['code', 'problem.icd10', `[{ listed: '{n}' }, { coded: icd10 }]`], ['notes', 'problem', '']], listed: true }
  if (words && icd.number === undefined && words.number === undefined)
    return { name: 'problem', fields: [['code', 'problem.icd10', `{ coded: { system: icd10, text-from: ${quoted(words.path)} } }`]] }
  return { name: 'problem', fields: [['code', 'problem.icd10', '{ coded: icd10 }'], ['notes', 'problem', '']] }
} // prettier-ignore

function medicationGroup(of: (field: string) => Finding | undefined, as: string): Group {
  const [drug, sold] = [of('medication.drug'), of('medication.dispensedAt')]
  const rest = [['dose', ['medication.dose', 'medication.frequency'], 'dose'], ['route', 'medication.route', 'coded'], ['days', 'medication.days', 'days'], ['notes', 'medication.notes', '']] as const
  if (sold)
    return {
      name: 'medication',
      fields: [['drug', 'medication.drug', as], ...rest, ['quantity', 'medication.quantity', 'quantity, onBad: quarantine'], ['by', 'medication.by', 'person'], ['at', 'medication.dispensedAt', 'datetime'], ],
      more: [`dispensedAt: { from: ${quoted(sold.path)}, as: datetime }`, 'kind: { const: dispense }', 'status: { const: completed }'],
    }
  if (!of('medication.dose') && !of('medication.frequency') && drug?.number === undefined && drug && isPrescription(drug.values))
    return {
      name: 'medication',
      fields: [['drug', 'medication.drug', `[{ medicine: '{n}' }, coded]`], ['days', 'medication.days', 'days']],
      more: [`dose: { from: ${quoted(drug.path)}, as: [{ directions: '{n}' }, dose] }`],
      listed: true,
    }
  return { name: 'medication', fields: [['drug', 'medication.drug', as], ...rest, ['quantity', 'medication.quantity', 'quantity']] }
} // prettier-ignore

/** Cells that say how medicines are taken, or name several. */
function isPrescription(values: readonly string[]): boolean {
  const filled = values.filter((value) => value.trim() !== '')
  const telling = filled.filter((value) => readPrescription(value).some(({ directions }, at) => directions !== undefined || at > 0))
  return telling.length >= filled.length * 0.25
} // prettier-ignore
