import type { Bundle, BundleEntry, Patient, Resource } from '@medplum/fhirtypes'
import type { Document, Exact } from '../../fhir/json.ts'
import { joined, linked, originOf } from './build.ts'
import type { Item, Verdict } from './item.ts'
import type { Stored } from './stored.ts'

/** What a batch does to one resource, and which of its records want it. */
export interface Pending {
  readonly reference: string
  readonly items: Item[]
  /** Undefined: it goes. */
  document: Document<Resource> | undefined
  /** Joined with the stored version: written only if that is still the current one. */
  readonly joins: boolean
}

export interface Assembled {
  readonly bundle: Document<Bundle>
  /** By entry. */
  readonly pending: readonly Pending[]
}

/** The records of a batch as one transaction: each resource once, as the last of its records leaves it. */
export function assemble(
  verdicts: readonly Verdict[],
  stored: Stored,
  obsolete: ReadonlyMap<Item, readonly string[]>,
): Assembled {
  const batch = new Batch(stored)
  for (const { item, write } of verdicts) if (write) batch.add(item, obsolete.get(item) ?? [])
  return batch.assembled()
}

class Batch {
  readonly #pending = new Map<string, Pending>()
  /** What the record at hand changes. */
  #targets = new Set<string>()

  constructor(private readonly stored: Stored) {}

  add(item: Item, obsolete: readonly string[]): void {
    const { record } = item
    this.#targets = new Set()
    for (const made of record.resources) {
      const reference = `${made.resource.resourceType}/${made.resource.id}`
      if (made.how === 'keep' && (this.stored.has(reference) || this.#pending.get(reference)?.document)) continue
      if (made.how === 'whole') this.put(item, reference, copied(made.resource, made.exact), false)
      else this.put(item, reference, joined(this.#current(reference), made), true)
    }
    for (const { from, into } of record.merges) this.#merge(item, from, into)
    for (const reference of record.removes) this.#remove(item, reference)
    for (const reference of obsolete) if (!this.#pending.get(reference)?.document) this.#remove(item, reference)
    this.#tellOrigin(item)
  }

  put(item: Item, reference: string, document: Document<Resource>, joins: boolean): void {
    const there = this.#pending.get(reference)
    const items = there?.items ?? []
    if (items.at(-1) !== item) items.push(item)
    this.#targets.add(reference)
    this.#pending.set(reference, { reference, items, document, joins: joins && (there?.joins ?? true) })
  }

  assembled(): Assembled {
    const pending = [...this.#pending.values()]
    const exact: Exact[] = []
    const entry = pending.map(({ reference, document, joins }, at): BundleEntry => {
      if (!document) return { request: { method: 'DELETE', url: reference } }
      for (const one of document.exact) exact.push({ ...one, path: ['entry', at, 'resource', ...one.path] })
      return {
        resource: document.value,
        request: { method: 'PUT', url: reference, ...this.#condition(reference, joins) },
      }
    })
    return { bundle: { value: { resourceType: 'Bundle', type: 'transaction', entry }, exact }, pending }
  }

  #condition(reference: string, joins: boolean): { ifMatch?: string; ifNoneMatch?: string } {
    if (!joins) return {}
    const version = this.stored.version(reference)
    return version === undefined ? { ifNoneMatch: '*' } : { ifMatch: `W/"${version}"` }
  }

  #current(reference: string): Document<Resource> | undefined {
    const there = this.#pending.get(reference)
    return there ? there.document : this.stored.document(reference)
  }

  #remove(item: Item, reference: string): void {
    const there = this.#pending.get(reference)
    this.#targets.add(reference)
    this.#pending.set(reference, {
      reference,
      items: [...(there?.items ?? []), item],
      document: undefined,
      joins: false,
    })
  }

  #merge(item: Item, from: string, into: string): void {
    const [loser = '', survivor = ''] = [from.split('/')[1], into.split('/')[1]]
    const ceasing = this.#current(from) ?? {
      value: { resourceType: 'Patient', id: loser } satisfies Patient,
      exact: [],
    }
    const staying = this.#current(into)
    if (!staying || from === into) return
    this.put(item, from, { ...ceasing, value: linked(ceasing.value as Patient, survivor, 'replaced-by') }, true)
    this.put(item, into, { ...staying, value: linked(staying.value as Patient, loser, 'replaces') }, true)
  }

  #tellOrigin(item: Item): void {
    const targets = [...this.#targets]
    if (targets.length === 0) return
    const provenance = originOf(item, targets)
    this.put(item, `Provenance/${provenance.id ?? ''}`, { value: provenance, exact: [] }, false)
  }
}

/** The desk changes what it is given, and a batch may be tried again. */
function copied(resource: Resource, exact: readonly Exact[]): Document<Resource> {
  return exact.length > 0 ? { value: resource, exact } : { value: { ...resource }, exact }
}
