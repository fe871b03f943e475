import type { Caller, Role, Scope } from '../../../server/context.ts'
import type { World } from './world/facts.ts'

/** Everybody who asks in the matrix: each role at each facility with all it may have, and with less. */
export function callersOf({ facilities, people }: World): Caller[] {
  const record = (p: number, r = 0) => people[p % people.length]?.records[r] ?? ''
  const staffed = facilities.flatMap((facility) => [
    caller('emr', 'system/*.cruds', { id: `emr-${facility}`, facility }),
    caller('doctor', 'user/*.cruds', { id: `doctor-${facility}`, facility }),
    caller('doctor', 'user/*.rs', { id: `second-${facility}`, facility }),
    caller('clerk', 'user/*.cruds', { id: `clerk-${facility}`, facility }),
  ])
  const narrowed = facilities.flatMap((facility, f) => {
    const less = (role: Role, scopes: string, patient?: string) =>
      caller(role, scopes, { id: `${role}-${facility}`, facility, ...(patient !== undefined && { patient }) })
    const launched = record(2 * f + 1)
    return [
      ...pick(f, [
        less('emr', 'system/*.read'),
        less('emr', 'system/Observation.rs system/Patient.rs'),
        less('emr', 'system/*.s'),
        less('emr', 'system/*.r'),
        less('emr', `system/Observation.rs?category=${VITAL} system/Patient.r system/Encounter.rs`),
        less('emr', 'system/Observation.rs?category=laboratory system/Observation.r system/*.cud'),
      ]),
      ...pick(f, [
        less('doctor', 'patient/*.rs', launched),
        less('doctor', 'patient/*.read user/Patient.rs user/List.rs', launched),
        less('doctor', 'patient/Observation.rs patient/Patient.r user/Practitioner.rs', launched),
        less('doctor', 'patient/*.rs'),
        less('doctor', 'user/Observation.s user/Patient.r user/Condition.rs', launched),
        less('doctor', `patient/Observation.s?category=${VITAL} patient/Condition.rs`, launched),
      ]),
      ...(f < 3
        ? [
            pick(f, [
              less('clerk', 'user/Patient.rs'),
              less('clerk', 'user/*.r'),
              less('clerk', 'user/Appointment.s'),
            ])[0]!,
          ]
        : []),
      ...(f === 0
        ? [less('it', 'user/*.cruds'), less('doctor', 'user/*.cud'), { ...less('doctor', ''), scopes: [] }]
        : []),
    ]
  })
  const government = (['officer', 'reporting', 'administrator'] as const).flatMap((role) => [
    caller(role, role === 'reporting' ? 'system/*.cruds' : 'user/*.cruds', { id: role }),
    caller(role, 'user/MeasureReport.s user/Organization.rs', { id: role }),
  ])
  const patients = people.map(({ records }, p) => {
    const id = records[p % records.length] ?? ''
    return caller('patient', 'patient/*.cruds', { id, patient: id })
  })
  const timid = [
    'patient/*.r',
    'patient/Observation.rs?category=laboratory patient/Patient.rs',
    'patient/*.read',
    'patient/Condition.s',
  ].map((scopes, p) => caller('patient', scopes, { id: record(p + 4), patient: record(p + 4) }))
  return [...staffed, ...narrowed, ...government, ...patients, ...timid]
}

const VITAL = 'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs'

function pick<T>(n: number, from: readonly T[]): T[] {
  return from.slice(n % from.length, (n % from.length) + 1)
}

type Who = Pick<Caller, 'id' | 'facility' | 'patient'>

export function caller(role: Role, scopes: string, who: Who): Caller {
  const kind = role === 'patient' ? 'patient' : role === 'emr' || role === 'reporting' ? 'client' : 'staff'
  return { kind, role, app: 'matrix', grant: `grant-${who.id}`, scopes: scopes.split(' ').map(scopeOf), ...who }
}

const V1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }

/** By the grammar of SMART App Launch 2 and 1, read here anew. */
export function scopeOf(text: string): Scope {
  const [head = '', query] = text.split('?')
  const [context = '', rest = ''] = head.split('/')
  const [type = '', verbs = ''] = rest.split('.')
  const pairs = query?.split('&').map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split('=')
    return [name, value]
  })
  return { context: context as Scope['context'], type, verbs: V1[verbs] ?? verbs, ...(pairs && { query: pairs }) }
}

/** For titles and messages. */
export function nameOf({ role, id, patient, scopes }: Caller): string {
  const words = scopes.map(
    ({ context, type, verbs, query }) => `${context}/${type}.${verbs}${query ? `?${query.join('&')}` : ''}`,
  )
  return `${role} ${id}${patient !== undefined && patient !== id ? ` of ${patient}` : ''} [${words.join(' ')}]`
}
