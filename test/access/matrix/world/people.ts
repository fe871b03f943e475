import { fact, to, type Body, type Fact, type Person } from './facts.ts'

const given = 'Asha Bhola Chameli Dinesh Ekta Farida Gopal Hemant Indira Jagdish Kavita Lakhan Meena Naresh'.split(' ')
const family = 'Sahu Verma Yadav Dewangan Netam Khan Patel Sinha Tandon Thakur Nishad Markam Baghel Kurre'.split(' ')

export interface Register {
  readonly people: readonly Person[]
  readonly patients: readonly Fact[]
  /** Where each record is kept; absent: registered with the city. */
  readonly homes: ReadonlyMap<string, string | undefined>
}

/**
 * Fourteen people with one to three records each. The records of one person say the same, so that the follower links
 * them; of the last but one person they say different things and are bound by Patient.link alone.
 */
export function register(facilities: readonly string[]): Register {
  const homes = new Map<string, string | undefined>()
  const patients: Fact[] = []
  const people = given.map((name, p): Person => {
    const count = 1 + (p % 3)
    const records = Array.from({ length: count }, (_, r) => `p${p}-${r}`)
    records.forEach((id, r) => {
      const home = p % 5 === 4 && r === count - 1 ? undefined : facilities[(p + 2 * r) % facilities.length]
      homes.set(id, home)
      patients.push(fact(home, patient(id, p, r, records)))
    })
    return { name, records }
  })
  return { people, patients, homes }
}

function patient(id: string, p: number, r: number, records: readonly string[]): Body {
  const bound = p === 11 ? ['Lakhan Markam', 'Babulal Ogre', 'Tikaram Xess'] : []
  const [name, birthDate, phone] =
    bound.length > 0
      ? [bound[r] ?? '', `19${50 + 9 * r}-0${r + 1}-11`, 40 + r]
      : [`${given[p]} ${family[p]}`, `19${60 + p}-0${1 + (p % 9)}-1${p % 10}`, p]
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: `urn:mrn-${r}`, value: `MRN-${id}` }],
    name: [{ text: name, given: [name.split(' ')[0]], family: name.split(' ')[1] }],
    gender: p % 2 === 0 ? 'female' : 'male',
    birthDate,
    telecom: [{ system: 'phone', value: mobile(phone) }],
    address: [{ city: 'Raipur', postalCode: `4920${10 + p}` }],
    ...(bound.length > 0 && r > 0 && { link: [{ other: to(`Patient/${records[0]}`), type: 'seealso' }] }),
  }
}

/** Of the n-th person. */
export function mobile(n: number): string {
  return `+9198${String(26012345 + n * 1013779).padStart(8, '0')}`
}
