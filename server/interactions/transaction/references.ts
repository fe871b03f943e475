import { FhirError, type Issue } from '../../errors.ts'
import type { Visit } from '../../access/visit.ts'
import { isResourceType } from '../../fhir/types.ts'
import type { House } from '../house.ts'
import { criteriaOfText, type Criteria } from '../lookup.ts'
import { placed } from './entry.ts'
import type { Planned } from './plan.ts'
import type { Resolution } from './resolve.ts'

/** What a reference stands for: another entry, or whatever matches criteria. */
export type Aim = Planned | SharedCriteria

/** A conditional reference's criteria; the same text in many places is looked up once. */
export interface SharedCriteria {
  readonly text: string
  readonly criteria: Criteria
  /** Where it stood first, to name it. */
  readonly entry: Planned['entry']
}

/** A string to be rewritten when it is known what its aims are called. Written anew at each try of the transaction. */
export interface Slot {
  readonly owner: Planned
  readonly holder: Record<string | number, unknown>
  readonly key: string | number
  readonly aims: readonly Aim[]
  write(names: readonly string[]): string
}

/**
 * Finds all that has to be rewritten (https://hl7.org/fhir/R4/http.html#trules, bundle.html#references):
 * Reference.reference; uri, url and canonical that equal a fullUrl; a href and img src in narratives.
 */
export function findSlots(house: House, context: Visit, planned: readonly Planned[]): Slot[] {
  return new Finder(house, context, planned).slots
}

class Finder {
  readonly slots: Slot[] = []
  readonly #byFullUrl = new Map<string, Planned>()
  /** Of the fullUrls: nearly every other text of a bundle is ruled out by it, unhashed. */
  readonly #lengths = new Set<number>()
  readonly #conditional = new Map<string, SharedCriteria>()
  readonly #issues: Issue[] = []

  constructor(
    private readonly house: House,
    private readonly context: Visit,
    planned: readonly Planned[],
  ) {
    for (const one of planned) if (one.entry.fullUrl !== undefined) this.#add(one.entry.fullUrl, one)
    for (const owner of planned) {
      if (this.#isSettled(owner)) continue
      // a Bundle is kept as it came: what it says is between its own entries
      if (owner.document && owner.document.value.resourceType !== 'Bundle') {
        this.#walk(owner, owner.document.value as unknown as Record<string, unknown>, baseOf(owner.entry.fullUrl))
      }
      if (owner.patch) this.#patch(owner, owner.patch.operations.value)
    }
    if (this.#issues.length > 0) throw new FhirError('unprocessable', this.#issues)
  }

  /** Its text is there already, and tells that nothing in it stands for another entry or for what matches criteria. */
  #isSettled({ entry: { made } }: Planned): boolean {
    return made !== undefined && this.#byFullUrl.size === 0 && !isOpen(made.body)
  }

  #add(fullUrl: string, one: Planned): void {
    const other = this.#byFullUrl.get(fullUrl)
    if (other) {
      const message = `Entries ${other.entry.index} and ${one.entry.index} have the same fullUrl`
      this.#issues.push({ message, path: `Bundle.entry[${one.entry.index}].fullUrl` })
    }
    this.#byFullUrl.set(fullUrl, one)
    this.#lengths.add(fullUrl.length)
  }

  #walk(owner: Planned, node: Record<string | number, unknown>, base: string | undefined): void {
    for (const key in node) {
      const value = node[key]
      if (typeof value === 'object') {
        if (value !== null) this.#walk(owner, value as Record<string, unknown>, base)
      } else if (typeof value === 'string') {
        if (key === 'reference') this.#reference(owner, node, value, base)
        else if (this.#byFullUrl.size === 0)
          continue // nothing else can lead to an entry
        else if (key === 'div') this.#narrative(owner, node, value)
        else if (key !== 'value') this.#uri(owner, node, key, value)
      }
    }
  }

  /** What a JSON Patch brings in; its paths are its own. */
  #patch(owner: Planned, operations: unknown): void {
    if (!Array.isArray(operations)) return
    for (const operation of operations as unknown[]) {
      if (typeof operation !== 'object' || operation === null) continue
      const { path, value } = operation as { path?: unknown; value?: unknown }
      const holder = operation as Record<string, unknown>
      if (typeof value === 'object' && value !== null) this.#walk(owner, value as Record<string, unknown>, undefined)
      else if (typeof value === 'string' && typeof path === 'string') {
        if (path.endsWith('/reference')) this.#reference(owner, holder, value, undefined, 'value')
        else this.#uri(owner, holder, 'value', value)
      }
    }
  }

  #reference(
    owner: Planned,
    holder: Record<string, unknown>,
    text: string,
    base: string | undefined,
    key = 'reference',
  ): void {
    if (text.startsWith('#')) return
    const aim = this.#aimOf(owner, text, base)
    if (!aim) return
    const hash = 'entry' in aim && !('text' in aim) ? text.indexOf('#') : -1
    const fragment = hash === -1 ? '' : text.slice(hash)
    const version =
      /\/_history\/[^/#]+(?=#|$)/.test(text) && !('text' in aim) && aim.fresh && !aim.criteria ? '/_history/1' : ''
    this.#slot(owner, holder, key, [aim], ([name = '']) => name + version + fragment)
  }

  #aimOf(owner: Planned, text: string, base: string | undefined): Aim | undefined {
    const plain = !text.includes('#') && !text.includes('/_history/')
    const bare = plain ? text : text.replace(/#.*$/, '').replace(/\/_history\/[^/]+$/, '')
    const entry = this.#byFullUrl.get(bare) ?? (base === undefined ? undefined : this.#byFullUrl.get(`${base}/${bare}`))
    if (entry) return entry
    const mark = text.indexOf('?')
    if (mark > 0 && isResourceType(text.slice(0, mark))) return this.#criteria(owner, text, mark)
    if (bare.startsWith('urn:uuid:') || bare.startsWith('urn:oid:')) {
      const hint = 'Add the entry, give it that fullUrl, or refer to [type]/[id].'
      this.#issue(owner, { message: 'A reference is a urn that is no entry’s fullUrl', hint })
    }
    return undefined
  }

  #criteria(owner: Planned, text: string, mark: number): SharedCriteria | undefined {
    const known = this.#conditional.get(text)
    if (known) return known
    const type = text.slice(0, mark)
    if (!isResourceType(type)) return undefined
    try {
      const criteria = criteriaOfText(this.house, this.context, type, text, 'seen')
      const shared = { text, criteria, entry: owner.entry }
      this.#conditional.set(text, shared)
      return shared
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      for (const issue of error.complete)
        this.#issue(owner, { ...issue, message: `A conditional reference: ${issue.message}` })
      return undefined
    }
  }

  #uri(owner: Planned, holder: Record<string | number, unknown>, key: string, text: string): void {
    if (!this.#lengths.has(text.length)) return
    const aim = this.#byFullUrl.get(text)
    if (aim) this.#slot(owner, holder, key, [aim], ([name = '']) => name)
  }

  #narrative(owner: Planned, holder: Record<string, unknown>, div: string): void {
    const aims: Planned[] = []
    const pieces = div.split(LINK)
    pieces.forEach((piece, i) => {
      const aim = i % 2 === 1 ? this.#byFullUrl.get(piece) : undefined
      if (aim) aims.push(aim)
    })
    if (aims.length === 0) return
    this.#slot(owner, holder, 'div', aims, (names) => {
      let next = 0
      return pieces.map((piece, i) => (i % 2 === 1 && this.#byFullUrl.has(piece) ? names[next++] : piece)).join('')
    })
  }

  #slot(owner: Planned, holder: Slot['holder'], key: string, aims: readonly Aim[], write: Slot['write']): void {
    if (aims.some((aim) => 'text' in aim || aim.criteria)) owner.dynamic = true
    this.slots.push({ owner, holder, key, aims, write })
  }

  #issue(owner: Planned, issue: Issue): void {
    this.#issues.push(placed(owner.entry, issue, 'resource'))
  }
}

/** Writes what the aims are called where they are meant; a version made of the text before is none of it. */
export function fill(slots: readonly Slot[], resolution: Resolution): void {
  for (const slot of slots) {
    slot.owner.entry.made = undefined
    slot.holder[slot.key] = slot.write(
      slot.aims.map((aim) =>
        'text' in aim ? (resolution.name.get(aim) ?? '') : `${aim.type}/${resolution.id.get(aim)?.id ?? ''}`,
      ),
    )
  }
}

/** Whether JSON text refers to something by urn or by criteria. Two searches for letters tell sooner that most do not. */
function isOpen(body: string): boolean {
  return (body.includes('?') || body.includes('"urn:')) && OPEN.test(body)
}

const OPEN = /"reference":"(?:urn:|[A-Za-z]+\?)/

/** The value of an href or src stands at the odd places of the split. */
const LINK = /(?<=\s(?:href|src)=["'])([^"']*)(?=["'])/

/** `http://there/fhir` of `http://there/fhir/Patient/1`: what that entry's relative references are relative to. */
function baseOf(fullUrl: string | undefined): string | undefined {
  return /^(https?:\/\/.+)\/[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.exec(fullUrl ?? '')?.[1]
}
