import type { CodeSystem, StructureDefinition, ValueSet } from '@medplum/fhirtypes'
import type { Database } from '../db/database.ts'
import type { Definitions } from '../fhir/definitions/definitions.ts'
import { claims, examine, type Examination } from '../fhir/profile/examine.ts'
import { makePlans } from '../fhir/profile/plans.ts'
import type { Library, ProfileSource } from '../fhir/profile/source.ts'
import { sources } from '../fhir/profile/source.ts'
import type { Finding, Json } from '../fhir/profile/types.ts'
import type { Workshop } from '../fhir/profile/workshop.ts'
import { makeShapes, type Shapes } from '../fhir/validate/shapes.ts'
import type { Enforcement } from './enforcement.ts'
import { definitionsStamp, storedDefinitions, type Canonical, type Sought } from './stored.ts'
import { Sample } from './sample.ts'
import { facilityOf, Scores } from './scores.ts'

/** How long another process's new StructureDefinition may go unnoticed. */
const FRESH = 5_000
/** Rounds of finding out what a profile needs: base, type profiles, targets, value sets, their code systems. */
const MAX_ROUNDS = 12

/** Senders name what they like: more urls than these are looked up anew, and longer ones are nobody's. */
const MOST_KEPT = 20_000
const LONGEST_URL = 2_000

/** What one database adds to the profiles of files and packages. */
interface Shelf {
  readonly stored: Map<string, Canonical | undefined>
  readonly missing: Set<string>
  shop: Workshop
  stamp: string
  checked: number
}

/**
 * All profiles: those of profiles/structures, of packages, of R4 itself, and those stored in the server, which are read
 * when a resource first names them, and again when one of them was written.
 */
export class ProfileBook {
  readonly shapes: Shapes
  private unstored: Workshop | undefined
  private readonly shelves = new WeakMap<Database, Shelf>()
  private readonly counters = new WeakMap<Database, Scores>()
  private readonly sample = new Sample()
  private readonly countedByType = new Map<unknown, readonly string[]>()

  constructor(
    readonly definitions: Definitions,
    private readonly files: Library,
    readonly enforcement: Enforcement,
  ) {
    this.shapes = makeShapes(definitions)
    for (const url of enforcement.counted) {
      const type = files.profile(url)?.type
      if (type) this.countedByType.set(type, [...(this.countedByType.get(type) ?? []), url])
    }
  }

  /** Canonical urls of the profiles that came in files and packages. */
  get known(): readonly string[] {
    return this.files.profiles
  }

  scores(db: Database): Scores {
    let scores = this.counters.get(db)
    if (!scores) this.counters.set(db, (scores = new Scores(db)))
    return scores
  }

  /** Whether there is anything to judge this resource by: the quick no of nearly every write without profiles. */
  concerns(resource: Json): boolean {
    if (resource['resourceType'] === 'Bundle' || this.enforcement.unasked.length > 0) return true
    return claims(resource).length > 0
  }

  /** The profiles that are judged unasked and fit this type. */
  unasked(resource: Json): string[] {
    const type = resource['resourceType']
    return this.enforcement.unasked.filter((url) => this.files.profile(url)?.type === type)
  }

  /**
   * What counts this resource, once it is written, by the profiles of level `count`; undefined when there are none, or
   * when it is not of the sample. For resources that claim no known profile: others are judged by what they claim.
   */
  counting(db: Database, resource: Json, facility = facilityOf(resource)): (() => void) | undefined {
    const type = resource['resourceType'] as string
    const urls = this.countedByType.get(type)
    if (!urls || !this.sample.take(type)) return undefined
    return () =>
      this.sample.later(() => this.scores(db).note(facility, urls, this.examineNow(db, resource, { profiles: urls })))
  }

  /** Counts what waits to be counted. */
  async settle(db: Database): Promise<void> {
    this.sample.settle()
    await this.scores(db).flush()
  }

  /** `atOnce`: by the definitions as they are now, whichever process wrote them last. */
  async examine(db: Database, resource: unknown, examination: Examination = {}, atOnce = false): Promise<Finding[]> {
    const shelf = await this.shelf(db, atOnce ? 0 : FRESH)
    for (let round = 0; ; round++) {
      const findings = examine(resource, shelf.shop, this.shapes, examination)
      if (shelf.missing.size === 0 || round === MAX_ROUNDS) return findings
      await this.fetch(db, shelf)
    }
  }

  /** By what is known without asking the database. */
  examineNow(db: Database, resource: unknown, examination: Examination = {}): Finding[] {
    const shop = this.shelves.get(db)?.shop ?? (this.unstored ??= this.shop(new Map(), new Set()))
    return examine(resource, shop, this.shapes, examination)
  }

  /** Whether a profile can be judged by; of those in the database, the ones that were looked up. */
  isKnown(db: Database, url: string): boolean {
    return (this.files.profile(url) ?? this.shelves.get(db)?.stored.get(`StructureDefinition ${url}`)) !== undefined
  }

  /** A definition was written here: what is kept is looked at again. */
  forget(db: Database): void {
    const shelf = this.shelves.get(db)
    if (shelf) shelf.checked = 0
  }

  private async shelf(db: Database, fresh: number): Promise<Shelf> {
    const now = Date.now()
    const kept = this.shelves.get(db)
    const known = kept && kept.stored.size <= MOST_KEPT ? kept : undefined
    if (known && now - known.checked < fresh) return known
    const stamp = await definitionsStamp(db)
    if (known && known.stamp === stamp) {
      known.checked = now
      return known
    }
    const stored = new Map<string, Canonical | undefined>()
    const missing = new Set<string>()
    const shelf: Shelf = { stored, missing, stamp, checked: now, shop: this.shop(stored, missing) }
    this.shelves.set(db, shelf)
    return shelf
  }

  private shop(stored: Shelf['stored'], missing: Shelf['missing']): Workshop {
    const find = (type: Canonical['resourceType'], url: string): Canonical | undefined => {
      const key = `${type} ${url}`
      if (!stored.has(key) && url.length <= LONGEST_URL) missing.add(key)
      return stored.get(key)
    }
    const { definitions } = this
    const core: ProfileSource = {
      profile: () => undefined,
      valueSet: (url) => definitions.valueSet(url),
      codeSystem: (url) => definitions.codeSystem(url),
    }
    const kept: ProfileSource = {
      profile: (url) => find('StructureDefinition', url) as StructureDefinition | undefined,
      valueSet: (url) => find('ValueSet', url) as ValueSet | undefined,
      codeSystem: (url) => find('CodeSystem', url) as CodeSystem | undefined,
    }
    return makePlans(definitions, sources([this.files, core, kept]))
  }

  private async fetch(db: Database, shelf: Shelf): Promise<void> {
    const wanted = [...shelf.missing].map((key) => ({ key, ...soughtOf(key) }))
    shelf.missing.clear()
    const definitions = await storedDefinitions(db, wanted)
    wanted.forEach(({ key }, i) => shelf.stored.set(key, definitions[i]))
    const found = definitions.some((one) => one !== undefined)
    if (found) shelf.shop = this.shop(shelf.stored, shelf.missing)
  }
}

function soughtOf(key: string): Sought {
  const space = key.indexOf(' ')
  return { type: key.slice(0, space) as Sought['type'], canonical: key.slice(space + 1) }
}
