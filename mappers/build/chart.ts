import type { CodeableConcept, Identifier, Organization, Practitioner, Quantity, Resource } from '@medplum/fhirtypes'
import type { Exact } from '../../server/fhir/json.ts'
import type { Canonical, Clear, LocalIdentifier, Measure, Person } from '../canonical.ts'
import { CLEAR } from '../canonical.ts'
import { issue, type Code, type Issue, type Where } from '../issues.ts'
import type { Facility, Made } from '../mapping.ts'
import { decimalOf } from '../values/measures.ts'
import { hl7, systems } from '../values/systems.ts'
import { humanName, identifier, keyOfCoded, telecom, type Ref } from './elements.ts'
import { told } from './given.ts'
import { idOf } from './identity.ts'
import { text } from './primitives.ts'

/** What is known about a record besides its fields. */
export interface BuildContext {
  readonly facility: Facility
  readonly receivedAt: Date
  readonly zone: string
  /** `record.key`: names the record within the facility; '' when it has none. */
  readonly key: string
  /** Where a field (`visit.at`) came from, for findings that show only when the whole record is seen. */
  readonly where?: (field: string) => Where
}

/** The resources of one record in the making: ids, references, findings. */
export class Chart {
  readonly resources: Made[] = []
  readonly issues: Issue[] = []
  readonly removes: string[] = []
  readonly merges: { from: string; into: string }[] = []
  readonly needs: string[] = []
  /** Set by the patient and the visit of the record. */
  patientKey = ''
  visitKey = ''
  subject: Ref | undefined
  encounter: Ref | undefined
  readonly #byId = new Map<string, Made>()
  readonly #source: string
  // Made when they are needed, for most records need none of them.
  #twins: Twins | undefined
  #people: Map<Person, Ref | undefined> | undefined
  #exact: Digits[] = []

  constructor(
    readonly record: Canonical,
    readonly context: BuildContext,
  ) {
    this.#source = `Organization/${context.facility.organization}`
  }

  get facility(): string {
    return this.context.facility.organization
  }

  /** The facility itself, as what runs a visit and keeps a patient's file. */
  house(): Ref {
    return { reference: this.#source, display: this.context.facility.name }
  }

  id(type: string, key: string): string {
    return idOf(this.facility, type, key)
  }

  /** A key for an item without a number of its own: what identifies it, and which of several equal ones it is. */
  itemKey(type: string, key: string): string {
    const first = this.id(type, key)
    if (!this.#byId.has(first)) return key
    this.#twins ??= new Twins()
    let number = this.#twins.numbers.get(first) ?? 2
    while (this.#byId.has(this.id(type, numbered(key, number)))) number++
    this.#twins.numbers.set(first, number)
    this.#twins.firsts.set(this.id(type, numbered(key, number)), first)
    return numbered(key, number)
  }

  /** By its number where it has one; a second item of one number in a record is another (nothing may be lost). */
  itemKeyOf(type: string, own: string | undefined, key: string): string {
    return this.itemKey(type, own ?? key)
  }

  add<T extends Resource & { id: string }>(
    resource: T,
    how: Made['how'] = 'whole',
    clears: readonly string[] = [],
  ): Ref {
    const { resourceType, id } = resource
    const same = this.#twins && this.#same(this.#twins, resource)
    if (same !== undefined) return { reference: `${resourceType}/${same}` }
    const before = this.#byId.get(id)
    if (!before || how !== 'keep') {
      resource.meta = { source: this.#source }
      const exact = this.#exact.length === 0 ? NOTHING : this.#exactOf(resource)
      const made: Made = clears.length > 0 ? { resource, exact, how, clears } : { resource, exact, how }
      if (before) this.resources[this.resources.indexOf(before)] = made
      else this.resources.push(made)
      this.#byId.set(id, made)
    }
    return { reference: `${resourceType}/${id}` }
  }

  /** An item told twice in one record, word by word, is one: the id of the first. */
  #same({ firsts, told }: Twins, resource: Resource & { id: string }): string | undefined {
    const first = firsts.get(resource.id)
    const before = first === undefined ? undefined : this.#byId.get(first)
    if (first === undefined || !before) return undefined
    const contents = told.get(first) ?? new Map([[contentOf(before.resource), first]])
    told.set(first, contents)
    const content = contentOf(resource)
    const same = contents.get(content)
    if (same === undefined) contents.set(content, resource.id)
    else this.#exactOf(resource)
    return same
  }

  find(code: Code, field: string, about: Where = {}): void {
    this.issues.push(issue(code, { ...this.context.where?.(field), ...about }))
  }

  identifier(of: LocalIdentifier | Clear | undefined, kind: string, type?: string): Identifier | undefined {
    return identifier(of, this.facility, kind, type)
  }

  identifiers(
    kind: string,
    type: string | undefined,
    ...of: readonly (LocalIdentifier | Clear | undefined)[]
  ): Identifier[] {
    const found: Identifier[] = []
    for (const one of of) {
      const made = identifier(one, this.facility, kind, type)
      if (made) found.push(made)
    }
    return found
  }

  /** Somebody who treats. Known from elsewhere they stay as they are known. */
  practitioner(person: Person | Clear | undefined): Ref | undefined {
    if (person === undefined || person === CLEAR) return undefined
    this.#people ??= new Map()
    if (this.#people.has(person)) return this.#people.get(person)
    const made = this.#practitioner(person)
    this.#people.set(person, made)
    return made
  }

  #practitioner(person: Person): Ref | undefined {
    const name = humanName(person.name)
    const ids = this.identifiers('practitioner', undefined, ...person.ids)
    const [first] = ids
    const words = name?.text ?? [name?.prefix?.[0], ...(name?.given ?? []), name?.family].filter(Boolean).join(' ')
    if (!first && !words) return undefined
    const key = first ? `${first.system ?? ''}|${first.value ?? ''}` : `name:${keyOfName(words)}`
    const phone = telecom(person.phone)
    const id = this.id('Practitioner', key)
    const made: Practitioner & { id: string } = { resourceType: 'Practitioner', id }
    if (ids.length > 0) made.identifier = ids
    if (name) made.name = [name]
    if (phone) made.telecom = [phone]
    this.add(made, 'keep')
    return referTo('Practitioner', id, words)
  }

  /** Another house, known by its name only. */
  organization(name: string | Clear | undefined, of?: LocalIdentifier | Clear, kind = 'organization'): Ref | undefined {
    const words = text(name)
    const own = this.identifier(of, kind)
    if (!words && !own) return undefined
    const id = this.id(
      'Organization',
      own ? `${own.system ?? ''}|${own.value ?? ''}` : `name:${keyOfCoded({ text: words ?? '', codings: [] })}`,
    )
    const made: Organization & { id: string } = { resourceType: 'Organization', id }
    if (own) made.identifier = [own]
    if (words) made.name = words
    this.add(made, 'keep')
    return referTo('Organization', id, words)
  }

  /** Sets a decimal whose digits stay as sent (1.10); false when the text is no number. */
  decimal(holder: object, key: string, digits: string | undefined): boolean {
    const plain = digits === undefined ? undefined : jsonNumber(digits)
    if (plain === undefined) return false
    const place = holder as Record<string, unknown>
    place[key] = Number(plain)
    if (String(place[key]) !== plain) this.#exact.push({ holder, key, text: plain })
    return true
  }

  quantity(measure: Measure | Clear | undefined): Quantity | undefined {
    const given = told(measure)
    if (given?.number === undefined) return undefined
    const quantity: Quantity = {}
    if (!this.decimal(quantity, 'value', given.number)) return undefined
    const unit = text(given.unit ?? given.ucum)
    if (given.comparator) quantity.comparator = given.comparator
    if (unit) quantity.unit = unit
    if (given.ucum) inUcum(quantity, given.ucum)
    return quantity
  }

  /** A SimpleQuantity: about so much is no amount that can be given. */
  amount(measure: Measure | Clear | undefined): Quantity | undefined {
    const given = told(measure)
    return given?.comparator ? undefined : this.quantity(given)
  }

  /** Where in the resource its numbers to keep stand. */
  #exactOf(resource: object): Exact[] {
    const found: (Exact & Digits)[] = []
    findDigits(this.#exact, resource, [], found)
    this.#exact = this.#exact.filter(({ holder }) => !found.some((one) => one.holder === holder))
    return found
  }
}

const NOTHING: readonly Exact[] = []

/** Items of one key in a record: a second, third … beside the first. */
class Twins {
  /** Id of the first → the last number given, so that counting them on is one step. */
  readonly numbers = new Map<string, number>()
  /** Id of a second, third … → that of the first. */
  readonly firsts = new Map<string, string>()
  /** Id of the first → what its items say, and which of them said it first. */
  readonly told = new Map<string, Map<string, string>>()
}

/** A number whose digits JavaScript would change, by the element it stands in. */
interface Digits {
  readonly holder: object
  readonly key: string
  readonly text: string
}

function findDigits(
  sought: readonly Digits[],
  node: object,
  path: (string | number)[],
  found: (Exact & Digits)[],
): void {
  for (const one of sought) {
    if (one.holder === node) found.push({ ...one, path: [...path, one.key] })
  }
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null) continue
    findDigits(sought, value, [...path, Array.isArray(node) ? Number(key) : key], found)
  }
}

/** A reference with the words that stand for it, if there are any. */
export function referTo(type: string, id: string, display: string | undefined): Ref {
  const reference = `${type}/${id}`
  return display ? { reference, display } : { reference }
}

/** Marks a quantity as in a unit of UCUM. */
export function inUcum(quantity: Quantity, code: string): Quantity {
  quantity.system = UCUM
  quantity.code = code
  return quantity
}

const UCUM = systems['ucum'] ?? ''

function numbered(key: string, number: number): string {
  return number === 1 ? key : `${key}\n#${number}`
}

function contentOf(resource: Resource): string {
  return JSON.stringify({ ...resource, id: undefined, meta: undefined })
}

/** Letters only, without titles: `Dr. Meena Sahu` and `DR MEENA SAHU` are one. */
function keyOfName(words: string): string {
  return words
    .normalize('NFC')
    .toLowerCase()
    .replace(/^(?:dr|prof|डॉ|डा)[.\s]+/u, '')
    .replace(/[.,]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function jsonNumber(digits: string): string | undefined {
  const trimmed = digits.trim()
  const plain = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(trimmed)
    ? trimmed
    : /^[-+]?(?:[\d,]+(?:\.\d*)?|\.\d+)$/.test(trimmed)
      ? decimalOf(trimmed.replace(/\.$/, ''))
      : undefined
  return plain !== undefined && Number.isFinite(Number(plain)) ? plain : undefined
}

export function status(system: string, value: string): CodeableConcept {
  return { coding: [{ system: hl7(system), code: value }] }
}
