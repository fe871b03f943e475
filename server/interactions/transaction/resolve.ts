import type { Queryable } from '../../db/database.ts'
import { again } from '../../db/failure.ts'
import { FhirError, type Issue } from '../../errors.ts'
import { rid } from '../../fhir/keys.ts'
import type { House } from '../house.ts'
import { matchesOfAll, type Criteria, type Match } from '../lookup.ts'
import type { Writer } from '../pen.ts'
import { placed, type Entry } from './entry.ts'
import type { Planned } from './plan.ts'
import type { SharedCriteria, Slot } from './references.ts'

/** What the entries turned out to be. */
export interface Resolution {
  readonly id: ReadonlyMap<Planned, Identity>
  readonly name: ReadonlyMap<SharedCriteria, string>
  /** What it goes by, where it is not known without the database. */
  readonly asked?: Asked
}

interface Asked {
  readonly criteria: readonly Criteria[]
  readonly matches: readonly (readonly Match[])[]
}

export interface Identity {
  readonly id: string
  readonly rid: bigint
  /** The version that criteria found. */
  readonly version?: number | undefined
  /** A new id of ours: nothing to look up or lock. */
  readonly fresh: boolean
  /** A conditional create that found its resource, or that another entry with the same criteria creates. */
  readonly existing: boolean
  /** Criteria that matched nothing, where there has to be something to act on. */
  readonly nothing: boolean
}

/** Everything conditional of a bundle, looked up in one go; faults of all entries at once. */
export async function resolveAll(
  house: House,
  writer: Writer,
  tx: Queryable,
  planned: readonly Planned[],
  slots: readonly Slot[],
): Promise<Resolution> {
  const shared = [...new Set(slots.flatMap((slot) => slot.aims.filter((aim): aim is SharedCriteria => 'text' in aim)))]
  const conditional = planned.filter((one): one is Planned & { criteria: Criteria } => one.criteria !== undefined)
  const criteria = [...conditional, ...shared].map((one) => one.criteria)
  const matches = await matchesOfAll(house, writer, tx, criteria)
  const found = new Map<object, Match[]>()
  for (const [i, one] of [...conditional, ...shared].entries()) found.set(one, matches[i] ?? [])
  return { ...new Resolver(planned, found).resolve(shared), asked: { criteria, matches } }
}

/** To be asked when rows are locked: whoever held one until then may have changed what the criteria match. */
export async function mustMatchStill(
  house: House,
  writer: Writer,
  tx: Queryable,
  { criteria, matches }: Asked,
): Promise<void> {
  const now = await matchesOfAll(house, writer, tx, criteria)
  const keys = (of: readonly Match[] = []) => of.map(({ rid }) => String(rid)).toSorted()
  if (matches.some((of, place) => keys(of).join() !== keys(now[place]).join()))
    throw again('What criteria match was changed while rows were waited for.')
}

/** Nothing is conditional: every id is known without the database. */
export function resolveKnown(planned: readonly Planned[]): Resolution {
  return new Resolver(planned, new Map()).resolve([])
}

class Resolver {
  readonly #issues: Issue[] = []
  #refusal: FhirError['refusal'] | undefined
  readonly #id = new Map<Planned, Identity>()
  readonly #deleted = new Set<bigint>()
  /** Conditional creates of this bundle by their criteria. */
  readonly #created = new Map<string, Identity>()

  constructor(
    private readonly planned: readonly Planned[],
    private readonly found: ReadonlyMap<object, readonly Match[]>,
  ) {}

  resolve(shared: readonly SharedCriteria[]): Resolution {
    // deletes come first (https://hl7.org/fhir/R4/http.html#trules), so what they delete matches nothing any more
    for (const one of this.planned) if (one.kind === 'delete') this.#deleted.add(this.#settle(one).rid)
    for (const one of this.planned) if (one.kind !== 'delete') this.#settle(one)
    const name = new Map(shared.map((one) => [one, this.#nameOf(one)]))
    this.#refuseSameIdentity()
    if (this.#refusal) throw new FhirError(this.#refusal, this.#issues)
    return { id: this.#id, name }
  }

  #settle(one: Planned): Identity {
    const identity = this.#identityOf(one)
    this.#id.set(one, identity)
    return identity
  }

  #identityOf(one: Planned): Identity {
    const match = one.criteria ? this.#match(one, one.entry) : undefined
    if (match) {
      // what had none was given one by the try before
      const given = one.kind === 'update' && !one.fresh ? one.document?.value.id : undefined
      if (given !== undefined && given !== match.id && one.ownId === given) {
        this.#refuse(
          'invalid',
          one.entry,
          'The id in the resource is not the id of what the criteria match',
          'resource',
        )
      }
      const { id, rid, version } = match
      return { id, rid, version, fresh: false, existing: one.kind === 'create', nothing: false }
    }
    const twin = one.kind === 'create' && one.criteria ? this.#created.get(keyOf(one.criteria)) : undefined
    if (twin) return { ...twin, existing: true }
    const id = one.ownId ?? ''
    const identity = { id, rid: rid(one.type, id), fresh: one.fresh, existing: false, nothing: one.ownId === undefined }
    if (one.kind === 'create' && one.criteria) this.#created.set(keyOf(one.criteria), identity)
    return identity
  }

  #match(key: object, entry: Entry): Match | undefined {
    const matches = (this.found.get(key) ?? []).filter((match) => !this.#deleted.has(match.rid))
    if (matches.length > 1) this.#refuse('multiple-matches', entry, 'The criteria match several resources', 'request')
    return matches[0]
  }

  #nameOf(one: SharedCriteria): string {
    const { type } = one.criteria
    const matches = (this.found.get(one) ?? []).filter((match) => !this.#deleted.has(match.rid))
    if (matches.length > 1)
      this.#refuse(
        'multiple-matches',
        one.entry,
        `A conditional reference matches several ${type} resources`,
        'resource',
      )
    const id = matches[0]?.id ?? this.#created.get(keyOf(one.criteria))?.id
    if (id === undefined)
      this.#refuse('unprocessable', one.entry, `A conditional reference matches no ${type}`, 'resource')
    return `${type}/${id ?? ''}`
  }

  #refuseSameIdentity(): void {
    const seen = new Map<bigint, Planned>()
    for (const one of this.planned) {
      const identity = this.#id.get(one)
      if (!identity || identity.existing || identity.nothing) continue
      const other = seen.get(identity.rid)
      if (other)
        this.#refuse(
          'invalid',
          one.entry,
          `Entries ${other.entry.index} and ${one.entry.index} write the same resource`,
          'request',
        )
      seen.set(identity.rid, one)
    }
  }

  #refuse(refusal: FhirError['refusal'], entry: Entry, message: string, within: 'request' | 'resource'): void {
    this.#refusal ??= refusal
    for (const issue of new FhirError(refusal, message).complete) this.#issues.push(placed(entry, issue, within))
  }
}

function keyOf({ type, plan }: Criteria): string {
  return `${type}?${JSON.stringify(plan.used)}`
}
