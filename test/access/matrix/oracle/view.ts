import type { Caller } from '../../../../server/context.ts'
import type { Person } from '../world/facts.ts'
import { at, type Row } from './rows.ts'
import type { Oracle, Verb } from './sight.ts'

/** The city as one caller sees it with one verb: every path must answer as if this were all there is. */
export class View {
  /** Versions that are seen, deletions among them, in the order of writing. */
  readonly versions: readonly Row[]
  /** Resources that are there. */
  readonly rows: readonly Row[]
  readonly #byType = new Map<string, Row[]>()
  readonly #byKey = new Map<string, Row>()

  constructor(
    readonly oracle: Oracle,
    /** Undefined: the open door. */
    readonly caller: Caller | undefined,
    readonly verb: Verb,
  ) {
    this.versions = caller ? oracle.rows.filter((row) => oracle.sees(caller, row, verb)) : oracle.rows
    this.rows = this.versions.filter(({ current, deleted }) => current && !deleted)
    for (const row of this.rows) {
      this.#byType.set(row.type, [...(this.#byType.get(row.type) ?? []), row])
      this.#byKey.set(`${row.type}/${row.id}`, row)
    }
  }

  of(type: string): readonly Row[] {
    return this.#byType.get(type) ?? []
  }

  get(reference: string): Row | undefined {
    return this.#byKey.get(reference)
  }

  /** Whether a type is answered at all. */
  lets(type: string): boolean {
    return this.caller === undefined || this.oracle.lets(this.caller, type, this.verb)
  }

  /** What refers to a resource by one of these elements. */
  referring(type: string, path: string, reference: string): Row[] {
    return this.of(type).filter((row) => refers(row, path, reference))
  }

  /** What a resource refers to by an element, as far as it is seen. */
  referred(row: Row, path: string): Row[] {
    return at(row.body, path).flatMap(({ reference = '' }: { reference?: string }) => this.get(reference) ?? [])
  }

  personOf(patient: string): Person | undefined {
    return this.oracle.personOf(patient)
  }
}

export function refers({ body }: Row, path: string, reference: string): boolean {
  return at(body, path).some((one: { reference?: string }) => one?.reference === reference)
}

export const key = ({ type, id }: Row) => `${type}/${id}`
