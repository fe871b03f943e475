import type { Caller, Scope } from '../../../../server/context.ts'
import type { Glass, Person, World } from '../world/facts.ts'
import { openingsOf, type Opening } from './openings.ts'
import { mayEver, publicTypes } from './roles.ts'
import { at, rowsOf, standIns, type Row } from './rows.ts'

export type Verb = 'r' | 's'
export const tiers = ['public', 'own', 'booking', 'care', 'consent', 'break-glass', 'self'] as const
export type Tier = (typeof tiers)[number]

/**
 * Who may see what, by server/access/README.md alone: nothing of the server's is used, and nothing is fast. For each row
 * all tiers are tried; then a scope must reach it.
 */
export class Oracle {
  readonly rows: readonly Row[]
  readonly #openings: readonly Opening[]
  readonly #person = new Map<string, Person>()
  readonly #glasses: readonly Glass[]
  readonly #current = new Map<string, Row>()

  constructor({ facts, people, now, glasses }: World) {
    this.rows = withBinaries(facts.flatMap(rowsOf))
    for (const row of this.rows) if (row.current && !row.deleted) this.#current.set(`${row.type}/${row.id}`, row)
    this.#openings = this.rows.flatMap((row) => openingsOf(row, now))
    this.#glasses = glasses.filter(({ over }) => !over)
    for (const person of people) for (const id of person.records) this.#person.set(id, person)
  }

  personOf(patient: string): Person | undefined {
    return this.#person.get(patient)
  }

  /** What a facility has open to a person, those of everybody's consent apart. */
  openedTo(facility: string, person: Person): string[] {
    const own = this.#openings.filter(
      (one) => one.tier !== 'deny' && one.facility === facility && this.#isOf(person, [one.patient]),
    )
    return [...new Set(own.map(({ tier }) => tier))]
  }

  /** Whether anything of a type can ever be shown: else it is refused, whatever is asked. */
  lets(caller: Caller, type: string, verb: Verb): boolean {
    const role = publicTypes.includes(type) || mayEver(caller.role, type)
    return role && caller.scopes.some((scope) => covers(scope, type, verb))
  }

  sees(caller: Caller, row: Row, verb: Verb): boolean {
    return (
      this.tiersOf(caller, row).length > 0 && caller.scopes.some((scope) => this.#reaches(caller, scope, row, verb))
    )
  }

  tiersOf(caller: Caller, row: Row): Tier[] {
    const { role, facility } = caller
    if (publicTypes.includes(row.type) && row.patients.length === 0) return ['public']
    if (!mayEver(role, row.type)) return []
    if (role === 'officer' || role === 'reporting' || role === 'administrator')
      return row.patients.length === 0 ? ['own'] : [] // what their office is about
    if (role === 'patient') return this.#concerns(this.personOf(caller.id), row) ? ['self'] : []
    const tiers = facility === undefined ? [] : this.#opened(facility, row).filter((tier) => fits(role, tier, row))
    if (facility !== undefined && row.owner === facility) tiers.push('own')
    if (role === 'doctor' && this.#glasses.some((glass) => this.#throughGlass(caller, glass, row)))
      tiers.push('break-glass')
    return tiers
  }

  #opened(facility: string, row: Row): Tier[] {
    const about = this.#openings.filter(
      (one) =>
        (one.facility === undefined || one.facility === facility) && this.#concerns(this.personOf(one.patient), row),
    )
    const denied = about.some(({ tier }) => tier === 'deny')
    return about.flatMap((one): Tier[] => {
      const { tier } = one
      return tier === 'deny' || (tier === 'consent' && denied) || !shows(one, row) ? [] : [tier]
    })
  }

  #throughGlass({ id, facility }: Caller, glass: Glass, row: Row): boolean {
    return (
      glass.doctor === id &&
      glass.facility === facility &&
      this.#concerns(this.personOf(glass.patient), row) &&
      (glass.sensitive || row.labels.length === 0)
    )
  }

  /** It is a record of this person, or in the compartment of exactly one of them. */
  #concerns(person: Person | undefined, row: Row): boolean {
    if (!person) return false
    if (row.type === 'Patient') return person.records.includes(row.id)
    return row.about.length === 1 && this.#isOf(person, row.about)
  }

  #isOf(person: Person, patients: readonly string[]): boolean {
    return patients.every((id) => person.records.includes(id))
  }

  /** A scope's search finds what a resource is now: a deleted one is found no longer. */
  #isFoundBy(query: readonly (readonly [string, string])[], { type, id }: Row): boolean {
    if (query.length === 0) return true
    const now = this.#current.get(`${type}/${id}`)
    return now !== undefined && query.every(([name, value]) => matches(now, name, value))
  }

  #reaches(caller: Caller, scope: Scope, row: Row, verb: Verb): boolean {
    if (!covers(scope, row.type, verb) || !this.#isFoundBy(scope.query ?? [], row)) return false
    if (scope.context !== 'patient') return true
    if (publicTypes.includes(row.type) && row.patients.length === 0) return true
    return caller.patient !== undefined && this.#concerns(this.personOf(caller.patient), row)
  }
}

/** A Binary is treated as what it stands for. */
function withBinaries(rows: readonly Row[]): Row[] {
  return rows.map((row) => {
    if (row.type !== 'Binary') return row
    const all = standIns(row, rows)
    const deciding = row.body.securityContext ? all.slice(0, 1) : all
    const about = [...new Set(deciding.flatMap(({ type, id, patients }) => (type === 'Patient' ? [id] : patients)))]
    const days = [...new Set(all.flatMap(({ day }) => day ?? []))]
    const labels = [...new Set([...row.labels, ...all.flatMap((one) => one.labels)])]
    return { ...row, about, labels, day: days.length === 1 ? days[0] : undefined }
  })
}

function covers({ type, verbs }: Scope, asked: string, verb: Verb): boolean {
  return (type === '*' || type === asked) && verbs.includes(verb)
}

function fits(role: string, tier: Tier, { type }: Row): boolean {
  return role !== 'clerk' || (type === 'Patient' && tier !== 'consent')
}

function shows({ tier, types, dates, named }: Opening, { type, labels, day }: Row): boolean {
  if (tier === 'booking') return type === 'Patient'
  if (!labels.every((label) => named.includes(label))) return false
  if (types && !types.includes(type)) return false
  return !dates || (day !== undefined && dates[0] <= day && day <= dates[1])
}

/** The search parameters that the matrix's scopes narrow by. */
function matches({ body }: Row, name: string, value: string): boolean {
  const [system, code] = value.includes('|') ? value.split('|') : [undefined, value]
  const codings =
    name === 'status' ? at(body, 'status').map((one: string) => ({ code: one, system })) : at(body, `${name}.coding`)
  return codings.some(
    (one: { system?: string; code?: string }) => one.code === code && (system === undefined || one.system === system),
  )
}
