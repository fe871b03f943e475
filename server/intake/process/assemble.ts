import type { Patient, Resource } from '@medplum/fhirtypes'
import { isDeepStrictEqual } from 'node:util'
import { REPLACED_BY } from '../../../mappers/build/elements.ts'
import type { Made, MappedRecord } from '../../../mappers/mapping.ts'
import { toJson, type Document } from '../../fhir/json.ts'
import { isResourceType } from '../../fhir/types.ts'
import type { Made as Version } from '../../interactions/decide.ts'
import type { Entry } from '../../interactions/transaction/entry.ts'
import { madeAhead } from './ahead.ts'
import { filled, joined, linked, originOf, withoutGone } from './build.ts'
import type { Posted } from './documents.ts'
import type { Item, Verdict } from './item.ts'
import { leadOf, ledOn, madeLedOn, unled, type Lead } from './moved.ts'
import { unnamed, type Left } from './obsolete.ts'
import { referenceOf } from './order.ts'
import type { Gone } from './retracted.ts'
import type { Stored } from './stored.ts'

/** What a batch does to one resource, and which of its records want it. */
export interface Pending {
  readonly reference: string
  readonly items: Item[]
  /** Undefined: it goes. */
  document: Document<Resource> | undefined
  /** Joined with the stored version: written only if that is still the current one. */
  readonly joins: boolean
  /** The resource is what a record made of it, or tells of one, and nothing else: it was checked, or need not be. */
  readonly sound: boolean
  readonly made: Version | undefined
}

export interface Assembled {
  /** As entries of a transaction. */
  readonly entries: readonly Entry[]
  /** By entry. */
  readonly pending: readonly Pending[]
  /** Records that came too late: all that they tell is known from newer ones. */
  readonly late: ReadonlySet<Item>
}

/**
 * The records of a batch as one transaction: each resource once, as the last of its records leaves it. Documents are not
 * among them: what the desk made of those that were `posted` is only named in the record's Provenance.
 */
export function assemble(
  verdicts: readonly Verdict[],
  stored: Stored,
  left: Left,
  posted: ReadonlyMap<Item, Posted> = new Map(),
): Assembled {
  const batch = new Batch(stored, left, posted)
  for (const { item, write } of verdicts) if (write) batch.add(item, write.outdated)
  return batch.assembled()
}

class Batch {
  readonly #pending = new Map<string, Pending>()
  readonly #late = new Set<Item>()
  /** What the record at hand changes. */
  #targets = new Set<string>()
  /** It has changed nothing yet. */
  #idle = true

  constructor(
    private readonly stored: Stored,
    private readonly left: Left,
    private readonly posted: ReadonlyMap<Item, Posted>,
  ) {}

  add(item: Item, outdated: ReadonlySet<string>): void {
    const { record } = item
    const retracted = this.left.retracted.get(item)
    this.#idle = true
    this.#targets = new Set(this.posted.get(item)?.references)
    const leads = this.#leads(record)
    for (const given of record.resources) {
      if (given.how === 'document') continue
      const made = leads.length > 0 ? madeLedOn(given, leads) : given
      const reference = referenceOf(made)
      if (outdated.has(reference)) {
        this.#fill(item, reference, made)
        continue
      }
      if (made.how === 'keep' && (this.stored.has(reference) || this.#pending.get(reference)?.document)) continue
      if (made.how === 'whole') this.#put(item, reference, { value: made.resource, exact: made.exact }, false, given)
      else this.#join(item, reference, joined(this.#current(reference), made, retracted?.get(reference)), given)
    }
    for (const { resource } of record.resources) this.#lead(item, leadOf(resource), outdated)
    for (const { from, into } of record.merges) this.#merge(item, from, into)
    for (const reference of record.removes) if (!outdated.has(reference)) this.#remove(item, reference)
    for (const reference of this.left.obsolete.get(item) ?? [])
      if (!this.#pending.get(reference)?.document) this.#remove(item, reference)
    if (retracted)
      for (const reference of unnamed(item, retracted)) this.#takeBack(item, reference, retracted.get(reference))
    if (this.#idle && outdated.size > 0) this.#late.add(item)
    else this.#tellOrigin(item)
  }

  /** The older version of a resource: what the newer one does not tell is taken from it, if there is anything. */
  #fill(item: Item, reference: string, made: Made): void {
    const there = this.#current(reference)
    this.#targets.add(reference)
    if (!there || made.how !== 'merge') return
    const value = filled(there.value, made.resource)
    if (value !== there.value) this.#put(item, reference, { value, exact: [...there.exact, ...made.exact] }, true)
  }

  /** An earlier version of the record told it of a resource that this one does not name. */
  #takeBack(item: Item, reference: string, gone: Gone | undefined): void {
    const there = this.#current(reference)
    const value = there && gone && withoutGone(there.value, gone)
    if (there && value && value !== there.value) this.#put(item, reference, { ...there, value }, true)
  }

  /** What the records before said already, as of a patient who comes twice, is not made again. */
  #join(item: Item, reference: string, document: Document<Resource>, from: Made): void {
    const there = this.#pending.get(reference)
    if (!there || !isEqual(there.document, document)) return this.#put(item, reference, document, true, from)
    this.#name(item, reference, there.items)
  }

  /** `from`: what the document may come from as it is. */
  #put(item: Item, reference: string, document: Document<Resource>, joins: boolean, from?: Made): void {
    const sound = from !== undefined && from.resource === document.value
    const made = sound ? madeAhead(item, from) : undefined
    const both = joins && (this.#pending.get(reference)?.joins ?? true)
    this.#set(item, reference, { document: sound && !made ? copied(document) : document, joins: both, sound, made })
  }

  #set(item: Item, reference: string, pending: Omit<Pending, 'reference' | 'items'>): void {
    const items = this.#pending.get(reference)?.items ?? []
    this.#name(item, reference, items)
    this.#pending.set(reference, { reference, items, ...pending })
  }

  /** The record has a part in the resource. */
  #name(item: Item, reference: string, items: Item[]): void {
    if (items.at(-1) !== item) items.push(item)
    this.#targets.add(reference)
    this.#idle = false
  }

  assembled(): Assembled {
    const pending = [...this.#pending.values()]
    return { entries: pending.map((one, index) => this.#entry(one, index)), pending, late: this.#late }
  }

  #entry({ reference, document, joins, sound, made }: Pending, index: number): Entry {
    const [type = '', id = ''] = reference.split('/')
    const version = joins ? this.stored.version(reference) : undefined
    return {
      index,
      fullUrl: undefined,
      method: document ? 'PUT' : 'DELETE',
      path: [type, id],
      query: [],
      type: isResourceType(type) ? type : undefined,
      document,
      sound,
      made,
      ifMatch: version === undefined ? undefined : `W/"${version}"`,
      ifNoneMatch: joins && version === undefined ? '*' : undefined,
      ifModifiedSince: undefined,
      ifNoneExist: undefined,
    }
  }

  #current(reference: string): Document<Resource> | undefined {
    const there = this.#pending.get(reference)
    return there ? there.document : this.stored.document(reference)
  }

  /** Visits of the record that go on under another number since an earlier one. */
  #leads({ resources }: MappedRecord): Lead[] {
    return resources.flatMap(({ resource, how, clears }) => {
      if (resource.resourceType !== 'Encounter' || how !== 'merge' || clears?.includes(`extension|${REPLACED_BY}`))
        return []
      const reference = `Encounter/${resource.id}`
      if (!this.#pending.has(reference) && !this.stored.mentions(reference, REPLACED_BY)) return []
      return leadOf(this.#current(reference)?.value) ?? []
    })
  }

  /** What was told of the old Encounter is told of the new one, as far as that says nothing else. */
  #lead(item: Item, lead: Lead | undefined, outdated: ReadonlySet<string>): void {
    if (!lead || outdated.has(lead.from)) return
    const { from, into } = lead
    const [old, now] = [this.#current(from), this.#current(into)]
    if (old && now && !this.stored.mentions(from, REPLACED_BY)) {
      const value = filled(now.value, unled(old.value))
      if (value !== now.value) this.#put(item, into, { value, exact: [...now.exact, ...old.exact] }, true)
    }
    const words = `"${from}"`
    const there = [...this.#pending.values()].filter(({ document }) => document && toJson(document).includes(words))
    for (const reference of new Set([...this.stored.mentioning(words), ...there.map((one) => one.reference)])) {
      const document = reference.startsWith('Provenance/') ? undefined : this.#current(reference)
      const led = document && ledOn(document, [lead])
      if (led && led !== document) this.#put(item, reference, led, true)
    }
  }

  #remove(item: Item, reference: string): void {
    this.#set(item, reference, { document: undefined, joins: false, sound: false, made: undefined })
  }

  #merge(item: Item, from: string, into: string): void {
    const [loser = '', survivor = ''] = [from.split('/')[1], into.split('/')[1]]
    const ceasing = this.#current(from) ?? {
      value: { resourceType: 'Patient', id: loser } satisfies Patient,
      exact: [],
    }
    const staying = this.#current(into)
    if (!staying || from === into) return
    this.#put(item, from, { ...ceasing, value: linked(ceasing.value as Patient, survivor, 'replaced-by') }, true)
    this.#put(item, into, { ...staying, value: linked(staying.value as Patient, loser, 'replaces') }, true)
  }

  #tellOrigin(item: Item): void {
    const targets = [...this.#targets]
    if (targets.length === 0) return
    const provenance = originOf(item, targets)
    const document = { value: provenance, exact: [] }
    this.#set(item, `Provenance/${provenance.id ?? ''}`, { document, joins: false, sound: true, made: undefined })
  }
}

/** Digits that JavaScript does not keep are not compared. */
function isEqual(there: Document | undefined, { value, exact }: Document): boolean {
  return there !== undefined && there.exact.length === 0 && exact.length === 0 && isDeepStrictEqual(there.value, value)
}

/** The desk changes what it makes a version of, and a batch may be tried again. */
function copied({ value, exact }: Document<Resource>): Document<Resource> {
  return exact.length > 0 ? { value, exact } : { value: { ...value }, exact }
}
