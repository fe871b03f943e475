import type { Finding } from './findings.ts'
import { ageAndSex, pressures } from './combined.ts'
import { because, list, quoted, type Line } from './lines.ts'
import { vitals } from './dialect.ts'

/** The lines under `bind:` for a file of its own, and the code lists they ask for. */
export interface Bindings {
  readonly lines: readonly Line[]
  /** Columns that found no place. */
  readonly unused: readonly Finding[]
  readonly visits: boolean
}

export interface Chosen {
  readonly diagnosis?: string | undefined
  readonly drug?: string | undefined
  readonly test?: string | undefined
}

/** `as:` of a field that one column fills; '' takes the field's own function. */
const single: Readonly<Record<string, string>> = {
  'patient.relation': '{ relation: guardian }', 'patient.mother': 'person-name', 'patient.sex': 'sex', 'patient.abha': 'abha',
  'patient.abhaAddress': 'abha-address', 'patient.otherIds': 'identifier', 'patient.marital': 'coded', 'patient.religion': 'coded',
  'visit.id': '', 'visit.end': 'datetime', 'visit.class': '', 'visit.department': '', 'visit.doctor': 'person', 'visit.referrer': 'person', 'visit.referredTo': '',
  'visit.ward': '', 'visit.bed': '', 'visit.complaint': '', 'visit.disposition': 'coded', 'visit.token': '', 'visit.fee': 'number',
  'visit.followUp': 'date', 'visit.notes': '', 'appointment.id': '', 'appointment.start': 'datetime', 'appointment.status': '',
} // prettier-ignore

export function bindingsOf(found: readonly Finding[], codes: Chosen): Bindings {
  const used = new Set<Finding>()
  const take = (field: string): Finding | undefined => {
    const one = found.find((finding) => finding.field === field && finding.loinc === undefined && !used.has(finding))
    if (one) used.add(one)
    return one
  }
  const day = dayOf(found)
  const lines: Line[] = [...patientLines(take, day), ...visitLines(found, take)]
  for (const [field, as] of Object.entries(single)) {
    const one = take(field)
    if (one) lines.push(bindLine(field, one, as))
  }
  lines.push(...groupLines(found, { used, codes, day }))
  const rest = found.filter((one) => !used.has(one) && !['serial', 'updated', 'patient.aadhaar'].includes(one.field))
  return { lines, unused: rest, visits: found.some(({ field }) => /^visit\.|^time$/.test(field)) }
}

type Take = (field: string) => Finding | undefined

function bindLine(field: string, one: Finding, as: string, more = ''): Line {
  const binding = as === '' && more === '' ? quoted(one.path) : `{ from: ${quoted(one.path)}${as && `, as: ${as}`}${more} }`
  return { text: `  ${field}: ${binding}`, note: because(one) }
} // prettier-ignore

/** The column whose day an age was told on, and other things happened. */
function dayOf(found: readonly Finding[]): Finding | undefined {
  const days = ['visit.at', 'report.at', 'report.issued', 'appointment.start']
  return days.flatMap((field) => found.find((one) => one.field === field) ?? [])[0]
}

function patientLines(take: Take, day: Finding | undefined): Line[] {
  const lines: Line[] = []
  const id = take('patient.localId')
  if (id) lines.push(bindLine('patient.localId', id, '[trim, identifier]', ', need: record'))
  const name = take('patient.name')
  const parts = [take('patient.givenName'), take('patient.familyName')].filter((one) => one !== undefined)
  const must = id ? '' : ', need: record'
  if (name) lines.push(bindLine('patient.name', name, 'person-name', must))
  else if (parts[0])
    lines.push({ text: `  patient.name: { from: ${list(parts.map(({ path }) => path))}, join: ' ', as: person-name${must} }`, note: because(parts[0]) }) // prettier-ignore
  const [birth, age] = [take('patient.birth'), take('age')]
  if (birth) lines.push(bindLine('patient.birth', birth, 'date'))
  if (birth && age) lines.push(bindLine('patient.age', age, ''))
  if (!birth && age) lines.push(bindLine('patient.birth', age, day ? `{ age-at: ${quoted(day.path)} }` : 'age'))
  lines.push(...ageAndSex(birth || age ? undefined : take('age.sex'), day))
  const phones = take('patient.phones')
  const email = take('patient.email')
  const ways = [phones && `{ from: ${quoted(phones.path)}, as: in-mobile }`, email && `{ from: ${quoted(email.path)}, as: phone }`].filter(Boolean) // prettier-ignore
  const first = phones ?? email
  if (first && ways.length === 1) lines.push(bindLine('patient.phones', first, phones ? 'in-mobile' : 'phone'))
  else if (first) lines.push({ text: `  patient.phones: [${ways.join(', ')}]`, note: because(first) })
  const places = ['address', 'city', 'district', 'state', 'pin'].flatMap((field) => take(`patient.${field}`) ?? [])
  if (places[0]) lines.push(places.length === 1 ? bindLine('patient.address', places[0], 'address') : { text: `  patient.address: { from: ${list(places.map(({ path }) => path))}, join: ', ', as: address }`, note: because(places[0]) }) // prettier-ignore
  return lines
}

/** Constants of a visit that its file does not tell, and its time from one or two columns. */
function visitLines(found: readonly Finding[], take: Take): Line[] {
  const has = (field: string) => found.some((one) => one.field === field)
  const stays = has('visit.end') || has('visit.ward') || has('visit.bed')
  const [at, time] = [take('visit.at'), take('time')]
  const lines: Line[] = []
  if (at) {
    const from = time ? `${list([at.path, time.path])}, join: ' '` : quoted(at.path)
    lines.push({ text: `  visit.at: { from: ${from}, as: datetime, need: record }`, note: because(at) })
  }
  if (!at && !has('visit.id')) return lines
  if (!has('visit.class'))
    lines.push({ text: `  visit.class: { const: ${stays ? 'inpatient' : 'outpatient' } }`, note: stays ? 'wards, beds or discharges are told' : 'nothing tells of wards or beds' }) // prettier-ignore
  const end = found.find(({ field }) => field === 'visit.end')
  if (!end) lines.push({ text: '  visit.status: { const: finished }', note: 'a register is written when the patient has been seen' })
  else
    lines.push(
      { text: '  visit.status:' },
      { text: `    - { const: finished, when: { ${quoted(end.path)}: filled } }` },
      { text: `    - { const: in-progress, when: { ${quoted(end.path)}: blank } }` },
    )
  return lines
} // prettier-ignore

interface Group {
  readonly name: string
  /** Of the group, and what the lexicon calls them. */
  readonly fields: readonly (readonly [field: string, meaning: string, as: string])[]
  readonly more?: readonly string[]
}

function groupLines(found: readonly Finding[], { used, codes, day }: { used: Set<Finding>; codes: Chosen; day: Finding | undefined }): Line[] {
  const as = (list: string, name: string | undefined) => (name === undefined ? 'coded' : `{ code: ${list} }`)
  const icd = found.some(({ field }) => field === 'problem.icd10')
  const problem: Group = {
    name: 'problem',
    fields: icd
      ? [['code', 'problem.icd10', '{ coded: icd10 }'], ['notes', 'problem', '']]
      : [['code', 'problem', as('diagnosis', codes.diagnosis)]],
  } // prettier-ignore
  const medication: Group = {
    name: 'medication',
    fields: [['drug', 'medication.drug', as('drug', codes.drug)], ['dose', 'medication.dose', 'dose'], ['days', 'medication.days', 'number'], ['quantity', 'medication.quantity', 'quantity']],
  } // prettier-ignore
  const others: Group[] = [
    { name: 'allergy', fields: [['code', 'allergy.code', 'coded']] },
    {
      name: 'immunization',
      fields: [['vaccine', 'immunization.vaccine', 'coded']],
      ...(day && { more: [`at: { from: ${quoted(day.path)}, as: datetime }`] }),
    },
    { name: 'procedure', fields: [['code', 'procedure.code', 'coded']] },
  ]
  return [...[problem, medication, ...others].flatMap((group) => groupOf(group, found, used)), ...resultLines(found, used, codes)]
} // prettier-ignore

/** `Drug 2` → `Drug {n}` and `2`; the digits stay those of the header. */
function template(path: string, number: number): { form: string; digits: string } | undefined {
  const runs = [...path.matchAll(/\p{Nd}+/gu)].filter(([digits]) => Number(ascii(digits)) === number)
  const last = runs.at(-1)
  if (!last) return undefined
  return { form: `${path.slice(0, last.index)}{n}${path.slice(last.index + last[0].length)}`, digits: last[0] }
}

function ascii(digits: string): string {
  return digits.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
}

function groupOf({ name, fields, more = [] }: Group, found: readonly Finding[], used: Set<Finding>): Line[] {
  const meanings = fields.map(([, meaning]) => meaning)
  const own = found.filter(({ field, loinc }) => meanings.includes(field) && loinc === undefined)
  const main = own.filter(({ field }) => field === meanings[0])
  if (main.length === 0) return []
  const lines: Line[] = []
  const put = (indent: string, dash: boolean, of: (meaning: string) => [string, Finding] | undefined) => {
    let lead = dash ? `${indent}- ` : `${indent}  `
    for (const [field, meaning, as] of fields) {
      const one = of(meaning)
      if (!one) continue
      used.add(one[1])
      lines.push({ text: `${lead}${field}: ${as === '' ? quoted(one[0]) : `{ from: ${quoted(one[0])}, as: ${as} }`}`, note: because(one[1]) }) // prettier-ignore
      lead = `${indent}  `
    }
    lines.push(...more.map((text) => ({ text: `${indent}  ${text}` })))
  }
  lines.push({ text: `  ${name}:` })
  const numbered = own.filter(({ number }) => number !== undefined)
  const series = seriesOf(numbered, main)
  if (series) {
    lines.push({ text: `    each: { columns: ${series.columns}, stopIfBlank: ${quoted(series.forms.get(meanings[0] ?? '') ?? '')} }` }) // prettier-ignore
    put('  ', false, (meaning) => {
      const form = series.forms.get(meaning)
      const ones = numbered.filter(({ field }) => field === meaning)
      for (const one of ones) used.add(one)
      return form !== undefined && ones[0] ? [form, ones[0]] : undefined
    })
    return lines
  }
  for (const one of main) {
    const same = (meaning: string): [string, Finding] | undefined => {
      const fitting = own.find(({ field, number }) => field === meaning && number === one.number)
      return fitting && [fitting.path, fitting]
    }
    if (main.length === 1) put('  ', false, same)
    else put('    ', true, same)
  }
  return lines
}

/** Numbered columns that are named alike, each number with its main column. */
function seriesOf(numbered: readonly Finding[], main: readonly Finding[]) {
  if (main.length === 0 || main.some(({ number }) => number === undefined)) return undefined
  const forms = new Map<string, string>()
  const digits: string[] = []
  for (const one of numbered) {
    const made = template(one.path, one.number ?? 0)
    if (!made) return undefined
    const known = forms.get(one.field)
    if (known !== undefined && known !== made.form) return undefined
    forms.set(one.field, made.form)
    if (main.includes(one)) digits.push(made.digits)
  }
  const numbers = digits.map(Number)
  const plain = numbers.every((n, at) => n === (numbers[0] ?? 0) + at && String(n) === digits[at])
  const columns = plain ? `${numbers[0]}..${numbers.at(-1)}` : list(digits)
  return { forms, columns }
}

function resultLines(found: readonly Finding[], used: Set<Finding>, codes: Chosen): Line[] {
  const vital = found.filter(({ field }) => vitals[field])
  const tests = found.filter(({ loinc }) => loinc !== undefined)
  const of = (field: string) => found.find((one) => one.field === field && one.loinc === undefined)
  const groups: Line[][] = []
  if (vital.length > 0) groups.push(rowsOf(vital, used, 'vital-signs'))
  const pressure = of('vital.pressure')
  if (pressure) used.add(pressure)
  groups.push(...pressures(pressure))
  const [code, value] = [of('result.code'), of('result.value')]
  const inside: Line[][] = []
  const under = of('report.id') ? inside : groups
  if (code && value) under.push(oneResult(code, value, { found, used, codes }))
  if (tests.length > 0) under.push(rowsOf(tests, used, 'laboratory'))
  const results = groupsUnder('result', groups, '  ')
  return inside.length > 0 ? [...results, ...reportLines(found, used, inside)] : results
}

function groupsUnder(name: string, groups: readonly (readonly Line[])[], indent: string): Line[] {
  if (groups.length === 0) return []
  if (groups.length === 1) return [{ text: `${indent}${name}:` }, ...(groups[0] ?? []).map((line) => ({ ...line, text: `${indent}  ${line.text}` }))] // prettier-ignore
  return [
    { text: `${indent}${name}:` },
    ...groups.flatMap((lines) => lines.map((line, at) => ({ ...line, text: `${indent}  ${at === 0 ? '- ' : '  '}${line.text}` }))),
  ]
} // prettier-ignore

/** A column a test: the items of `each: rows`. */
function rowsOf(columns: readonly Finding[], used: Set<Finding>, category: string): Line[] {
  const rows = columns.map((one) => {
    used.add(one)
    const vital = vitals[one.field]
    const unit = one.field === 'vital.temperature' && one.values.some((value) => Number(value) > 20 && Number(value) < 46) ? 'Cel' : vital?.unit // prettier-ignore
    const end = unit === undefined ? '' : `, unit: ${quoted(unit)}`
    return {
      text: `    - { col: ${quoted(one.path)}, code: ${vital?.loinc ?? one.loinc ?? ''}${end} }`,
      note: because(one),
    }
  })
  const units = columns.every(({ field }) => vitals[field])
  return [
    { text: 'each:' },
    { text: '  rows:' },
    ...rows,
    { text: `code: { const: '{code}', as: { coded: loinc } }` },
    { text: `value: { from: '{col}', as: ${units ? `{ measure: { unit: '{unit}' } }` : 'measure'} }` },
    { text: `category: { const: ${category} }` },
  ]
}

interface From {
  readonly found: readonly Finding[]
  readonly used: Set<Finding>
  readonly codes: Chosen
}

/** A row a result. */
function oneResult(code: Finding, value: Finding, { found, used, codes }: From): Line[] {
  const of = (field: string) => found.find((one) => one.field === field && one.loinc === undefined)
  const at = of('report.id') ? undefined : (of('report.at') ?? of('report.issued'))
  const rest = [['unit', of('result.unit'), ''], ['range', of('result.range'), ''], ['at', at, 'datetime']] as const // prettier-ignore
  for (const one of [code, value, ...rest.map(([, one]) => one)]) if (one) used.add(one)
  const coded = codes.test === undefined ? 'coded' : '{ code: test }'
  return [
    { text: `code: { from: ${quoted(code.path)}, as: ${coded}, need: record }`, note: because(code) },
    { text: `value: { from: ${quoted(value.path)}, as: measure, need: record }`, note: because(value) },
    ...rest.flatMap(([field, one, as]) => one ? [{ text: `${field}: ${as === '' ? quoted(one.path) : `{ from: ${quoted(one.path)}, as: ${as} }`}`, note: because(one) }] : []),
    { text: 'status: { const: final }' },
    { text: 'category: { const: laboratory }' },
  ]
} // prettier-ignore

function reportLines(found: readonly Finding[], used: Set<Finding>, results: readonly (readonly Line[])[]): Line[] {
  const fields = [['id', 'report.id', ''], ['at', 'report.at', 'datetime'], ['issued', 'report.issued', 'datetime'], ['orderer', 'report.orderer', 'person'], ['specimen', 'specimen.type', 'coded']] as const // prettier-ignore
  const lines: Line[] = [{ text: '  report:' }]
  for (const [field, meaning, as] of fields) {
    const one = found.find((finding) => finding.field === meaning)
    if (!one) continue
    used.add(one)
    lines.push({ ...bindLine(field, one, as), text: `  ${bindLine(field, one, as).text}` })
  }
  lines.push({ text: '    code: { const: Laboratory report }' }, { text: '    status: { const: final }' })
  return [...lines, ...groupsUnder('result', results, '    ')]
}
