import type { Finding } from '../../columns/finding.ts'
import { because, binding, read } from '../binding.ts'
import { line, quoted, withoutNote, type Line } from '../lines.ts'
import type { Ledger } from './ledger.ts'

/** Who the patient is; `day`: the column whose day an age was told on. */
export function patientLines(ledger: Ledger, day: Finding | undefined): Line[] {
  const id = ledger.take('patient.localId')
  return [
    ...(id ? [binding('patient.localId', id, { as: '[trim, identifier]', need: 'record' })] : []),
    ...nameLines(ledger, id ? undefined : 'record'),
    ...birthLines(ledger, day),
    ...relationLines(ledger),
    ...(id ? [] : accountLines(ledger)),
    ...phoneLines(ledger),
    ...addressLines(ledger),
  ]
}

function nameLines(ledger: Ledger, need: 'record' | undefined): Line[] {
  const name = ledger.take('patient.name')
  const title = ledger.take('patient.prefix')
  const given = ledger.take('patient.givenName')
  const middle = ledger.take('patient.middleName')
  const family = ledger.take('patient.familyName')
  const columns = name ? [name] : given || family ? [title, given, middle, family] : []
  return columns.length > 0 ? [binding('patient.name', columns, { as: 'person-name', need })] : []
}

/** A date of birth, or an age on a day; an age beside a date of birth is only a remark. */
function birthLines(ledger: Ledger, day: Finding | undefined): Line[] {
  const [birth, years, unit] = ['patient.birth', 'age', 'age.unit'].map((field) => ledger.take(field))
  const inOne = ledger.take('age.sex')
  const ageOnDay = day ? `{ age-at: ${quoted(day.path)} }` : 'age'
  const lines = birth ? [binding('patient.birth', birth, { as: 'date' })] : []
  if (years && birth) lines.push(binding('patient.age', [years, unit]))
  else if (years) lines.push(binding('patient.birth', [years, unit], { as: ageOnDay }))
  else if (inOne && !birth) lines.push(binding('patient.birth', inOne, { as: `[{ age-sex: age }, ${ageOnDay}]` }))
  if (inOne && !ledger.has('patient.sex'))
    lines.push(withoutNote(binding('patient.sex', inOne, { as: '[{ age-sex: sex }, sex]' })))
  return lines
}

function relationLines(ledger: Ledger): Line[] {
  const relation = ledger.take('patient.relation')
  if (!relation) return []
  return [binding('patient.relation', relation, { as: `{ relation: ${relationOf(relation.header)} }` })]
}

const relations = {
  father: /father|पिता|pita/i,
  husband: /husband|spouse|पति|pati(?!ent)/i,
  mother: /mother|माता|mata/i,
}

/** Who a relation is, as far as the header tells. */
function relationOf(header: string): string {
  const said = Object.entries(relations).filter(([, pattern]) => pattern.test(header))
  const [only] = said
  return only && said.length === 1 ? only[0] : 'guardian'
}

/** Where the patient has no number, all rows of a bill, a visit or a report are one person's. */
function accountLines(ledger: Ledger): Line[] {
  const account = ledger.take('bill') ?? ledger.all.find(isShared)
  if (!account) return []
  const note = 'there is no number of the patient’s own: all rows of this one are one person’s'
  return [binding('patient.accountNumber', account, { as: 'identifier', note })]
}

/** A number of a visit or a report that stands on several rows, all of one person (doubts.ts has seen to that). */
function isShared({ field, profile }: Finding): boolean {
  return (field === 'visit.id' || field === 'report.id') && profile.distinct < profile.filled * 0.8
}

function phoneLines(ledger: Ledger): Line[] {
  const mobiles = [ledger.take('patient.phones'), ledger.take('patient.phones')]
  const email = ledger.take('patient.email')
  const ways = [
    ...mobiles.flatMap((column) => (column ? [{ column, as: 'in-mobile' }] : [])),
    ...(email ? [{ column: email, as: 'phone' }] : []),
  ]
  const [first] = ways
  if (!first) return []
  if (ways.length === 1) return [binding('patient.phones', first.column, { as: first.as })]
  const each = ways.map(({ column, as }) => read(column, { as }))
  return [line(`patient.phones: [${each.join(', ')}]`, because(first.column))]
}

function addressLines(ledger: Ledger): Line[] {
  const parts = ['address', 'address', 'city', 'district', 'state', 'pin']
  const places = parts.flatMap((part) => ledger.take(`patient.${part}`) ?? [])
  if (places.length === 0) return []
  return [binding('patient.address', places, { as: 'address', join: places.length > 1 ? ', ' : undefined })]
}
