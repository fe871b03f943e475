import type { Address, HumanName, Patient } from '@medplum/fhirtypes'
import type { Document } from '../fhir/json.ts'
import { GOLDEN_TAG } from '../fhir/record-kind.ts'
import { isDevanagari } from './names/sound.ts'

export { GOLDEN_TAG }

export function isGolden({ meta }: Pick<Patient, 'meta'>): boolean {
  return (meta?.tag ?? []).some(({ system, code }) => system === GOLDEN_TAG.system && code === GOLDEN_TAG.code)
}

/**
 * The golden Patient of a cluster: a link to every member, and of what they say the part that most of them agree on, of
 * equal parts the smallest text, so that it does not depend on the order of arrival:
 *
 * - a name for each script, as most members write it; the gender most have
 * - the birth date most have, of equally many the most precise one (a day before a year), never an estimated one before another
 * - the address most have
 * - deceased, if one says so
 *
 * It has no identifiers and telephone numbers: they are found on the members, and a conditional create must not match twice.
 */
export function goldenOf(id: string, members: readonly Patient[]): Document<Patient> {
  const names = members.flatMap(({ name }) => name ?? [])
  const own = [
    most(
      names.filter((name) => !isDevanagari(written(name))),
      written,
    ),
    most(
      names.filter((name) => isDevanagari(written(name))),
      written,
    ),
  ]
  const name = own.filter((one) => one !== undefined).map(({ use: _use, ...one }): HumanName => one)
  const gender = most(
    members.flatMap((one) => (one.gender && one.gender !== 'unknown' ? [one.gender] : [])),
    (one) => one,
  )
  const birthDate = most(birthDates(members), (one) => one)
  const address = most(
    members.flatMap((one) => one.address ?? []),
    lineOf,
  )
  const deceased = members.find((one) => one.deceasedDateTime !== undefined || one.deceasedBoolean === true)
  const value: Patient = {
    resourceType: 'Patient',
    id,
    meta: { tag: [{ ...GOLDEN_TAG }] },
    active: true,
    ...(name.length > 0 && { name }),
    ...(gender && { gender }),
    ...(birthDate && { birthDate }),
    ...(deceased?.deceasedDateTime !== undefined
      ? { deceasedDateTime: deceased.deceasedDateTime }
      : deceased && { deceasedBoolean: true }),
    ...(address && { address: [address] }),
    link: members.map((member) => ({ other: { reference: `Patient/${member.id}` }, type: 'seealso' })),
  }
  return { value, exact: [] }
}

/** What is left of a golden Patient whose members all went to another one. */
export function signpost(id: string, successor: string): Document<Patient> {
  const value: Patient = {
    resourceType: 'Patient',
    id,
    meta: { tag: [{ ...GOLDEN_TAG }] },
    active: false,
    link: [{ other: { reference: `Patient/${successor}` }, type: 'replaced-by' }],
  }
  return { value, exact: [] }
}

/** The one said most often; of equally frequent ones the smallest text. */
function most<T>(values: readonly T[], textOf: (value: T) => string): T | undefined {
  const [first] = ranked(values, textOf)
  return first
}

function ranked<T>(values: readonly T[], textOf: (value: T) => string): T[] {
  const counted = new Map<string, { value: T; text: string; count: number }>()
  for (const value of values) {
    const text = textOf(value)
    const there = counted.get(text)
    if (there) there.count++
    else counted.set(text, { value, text, count: 1 })
  }
  const sorted = [...counted.values()].sort((x, y) => y.count - x.count || (x.text < y.text ? -1 : 1))
  return sorted.map(({ value }) => value)
}

function written({ text, prefix = [], given = [], family, suffix = [] }: HumanName): string {
  return text ?? [...prefix, ...given, family, ...suffix].filter(Boolean).join(' ')
}

/** Of the most certain kind there is: days, else months, else years; those that no extension calls estimated come first. */
function birthDates(members: readonly Patient[]): string[] {
  const dates = members.flatMap((member) => {
    const { extension = [] } = (member as { _birthDate?: { extension?: readonly object[] } })._birthDate ?? {}
    return member.birthDate ? [{ date: member.birthDate, certain: extension.length === 0 ? 100 : 0 }] : []
  })
  const best = Math.max(0, ...dates.map(({ date, certain }) => certain + date.length))
  return dates.filter(({ date, certain }) => certain + date.length === best).map(({ date }) => date)
}

function lineOf({ text, line = [], city, district, state, postalCode }: Address): string {
  return text ?? [...line, city, district, state, postalCode].filter(Boolean).join(', ')
}
