import { libraryOf } from '../../../mappers/library.ts'
import { freeze } from '../../../mappers/spec/freeze.ts'
import { csv, facilityFile, row } from '../mapping/rows.ts'

/** The facility that sends the plain register; its file is published for the bench. */
export const clinic = 'jeevandhara-polyclinic-birgaon'

/** The file of the mapping bench as this facility would publish it. */
export function plainMapping(): string {
  const text = facilityFile
    .replace('facility: bench', `facility: ${clinic}`)
    .replace('hfr: IN2297001009', 'hfr: IN2297102918')
  return freeze(libraryOf(new Map([[clinic, text]]), new Map(), new Map()).effective(clinic))
}

/** Visits `from`, `from + 1`, … of the register of the mapping bench; two of three are of somebody new. */
export function register(from: number, count: number): Buffer {
  return Buffer.from(csv(Array.from({ length: count }, (_, i) => visit(from + i))))
}

/** What is told of a person is the same at each visit. */
function visit(i: number): readonly string[] {
  const person = i - (i % 3 === 2 ? 1 : 0)
  const [, , name = '', age = '', sex = '', mobile = '', address = ''] = row(person)
  const [, opd = '', , , , , , , ...others] = row(i)
  const date = `${1 + (i % 28)}/${1 + (i % 10)}/2026`
  return [`U${10_000 + person}`, opd, name, age, sex, mobile, address, date, ...others]
}
