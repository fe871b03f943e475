import type { HumanName, Patient } from '@medplum/fhirtypes'
import type { Language } from '../../people/sms/templates.ts'
import type { Texts } from './texts.ts'

/** Just what tells the people of a family apart, as it is shown to choose from. */
export interface Person {
  readonly id: string
  readonly hi?: string
  readonly en?: string
  readonly birth?: string
  readonly sex: 'male' | 'female' | 'other' | 'unknown'
  /** The telephone's last digits, for staff who choose among strangers. */
  readonly phone?: string
}

/** `whole`: the whole name, for staff; else the given name alone. */
export function personOf(id: string, patient: Patient, whole = false): Person {
  const names = (patient.name ?? []).map((name) => (whole ? wholeOf(name) : givenOf(name))).filter(Boolean)
  const hindi = names.find((name) => DEVANAGARI.test(name))
  const latin = names.find((name) => !DEVANAGARI.test(name))
  const phone = whole ? patient.telecom?.[0]?.value : undefined
  return {
    id,
    ...(hindi !== undefined && { hi: hindi }),
    ...(latin !== undefined && { en: latin }),
    ...(patient.birthDate !== undefined && { birth: patient.birthDate }),
    sex: patient.gender ?? 'unknown',
    ...(phone !== undefined && { phone }),
  }
}

const DEVANAGARI = /\p{Script=Devanagari}/u

function wholeOf({ text, given = [], family }: HumanName): string {
  return text ?? [...given, family].filter(Boolean).join(' ')
}

function givenOf({ text = '', given = [] }: HumanName): string {
  const [first] = given.flatMap((one) => one.split(/\s+/)).filter((word) => !TITLE.test(word))
  if (first) return first
  if (/^(baby|b)[ /]/i.test(text)) return BABY
  return text.split(/\s+/).find((word) => word && !TITLE.test(word)) ?? ''
}

/** Not named yet. */
const BABY = 'Baby'

const TITLE =
  /^(shri|sri|shree|smt|mr|mrs|ms|miss|master|ku|kum|kumari|dr|late|md|श्री|श्रीमती|श्रीमति|कु|कुमारी|डॉ|स्व|मास्टर)\.?$/i

export function nameOf(person: Person, language: Language, { family }: Texts): string {
  const [one, other] = language === 'hi' ? [person.hi, person.en] : [person.en, person.hi]
  const name = one ?? other ?? family.unnamed
  return name === BABY ? family.baby : name
}

/** `34 years, female` */
export function detailsOf({ birth, sex, phone }: Person, { family }: Texts, today: string): string {
  const age = birth === undefined ? undefined : ageOn(birth, today)
  return [age === undefined ? '' : family.age(age), family.sex[sex], phone ?? ''].filter(Boolean).join(', ')
}

/** Years between two days; a birth date may be a year or a month only. */
export function ageOn(birth: string, today: string): number | undefined {
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4))
  const reached = today.slice(5, birth.length) >= birth.slice(5)
  const age = reached ? years : years - 1
  return age >= 0 && age < 130 ? age : undefined
}

/** The day in Asia/Kolkata. */
export function dayOf(now: number): string {
  return new Date(now + 5.5 * 3_600_000).toISOString().slice(0, 10)
}
