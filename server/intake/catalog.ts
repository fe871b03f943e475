import type { Facility, Mapping } from '../../mappers/mapping.ts'

/** The facilities whose formats are known, and how their files are made to run: mappers/library.ts and compile.ts behind it. */
export interface Catalog {
  readonly facilities: readonly CatalogEntry[]
  /** The effective file, everything it extends and its code lists in it: what a published version freezes. */
  frozen(slug: string): string
  /** A frozen file, ready to run. `extra` are codes mapped in the work-list. */
  compile(text: string, extra: readonly ExtraCode[]): Mapping
}

export interface CatalogEntry {
  readonly slug: string
  readonly name: string
  /** HFR id: the other name of a facility in addresses. */
  readonly organization: string
  /** How its HL7 messages are known, and where its records are to be pulled from. */
  readonly hl7?: Facility['hl7']
  readonly pull?: Facility['pull']
}

export interface ExtraCode {
  readonly list: string
  readonly code: string
  /** `system|code`, or a word where the list gives words. */
  readonly target: string
}

/** By slug or HFR id. */
export function findFacility({ facilities }: Pick<Catalog, 'facilities'>, name: string): CatalogEntry | undefined {
  return facilities.find(({ slug, organization }) => slug === name || organization === name)
}
