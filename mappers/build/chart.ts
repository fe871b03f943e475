import type { CodeableConcept, Identifier, Quantity, Resource } from '@medplum/fhirtypes'
import type { Exact } from '../../server/fhir/json.ts'
import type { Canonical, Clear, LocalIdentifier, Measure, Person } from '../canonical.ts'
import { CLEAR } from '../canonical.ts'
import { issue, type Code, type Issue, type Where } from '../issues.ts'
import type { Facility, Made } from '../mapping.ts'
import { decimalOf } from '../values/measures.ts'
import { hl7, systems } from '../values/systems.ts'
import { humanName, identifier, keyOfCoded, optional, telecom, text, told, type Ref } from './elements.ts'
import { idOf } from './identity.ts'

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
  /** Of keys that several items share: the last number given, so that counting them on is one step. */
  readonly #numbers = new Map<string, number>()
  /** Reference of a second, third … item of one key → that of the first. */
  readonly #twins = new Map<string, string>()
  /** Reference of the first item of a key → what its items say, and which of them said it first. */
  readonly #told = new Map<string, Map<string, string>>()
  #exact: { holder: object; key: string; text: string }[] = []

  readonly #source: string
  readonly #people = new Map<Person, Ref | undefined>()

  constructor(
    readonly record: Canonical,
    readonly context: BuildContext,
  ) {
    this.#source = `Organization/${context.facility.organization}`
  }

  get facility(): string {
    return this.context.facility.organization
  }

  id(type: string, key: string): string {
    return idOf(this.facility, type, key)
  }

  /** A key for an item without a number of its own: what identifies it, and which of several equal ones it is. */
  itemKey(type: string, ...parts: readonly string[]): string {
    const key = parts.join('\n')
    const reference = (number: number) => `${type}/${this.id(type, numbered(key, number))}`
    let number = this.#numbers.get(`${type}\n${key}`) ?? 1
    while (this.#byId.has(reference(number))) number++
    if (number > 1) {
      this.#numbers.set(`${type}\n${key}`, number)
      this.#twins.set(reference(number), reference(1))
    }
    return numbered(key, number)
  }

  /** By its number where it has one; a second item of one number in a record is another (nothing may be lost). */
  itemKeyOf(type: string, own: string | undefined, ...parts: readonly string[]): string {
    return own === undefined ? this.itemKey(type, ...parts) : this.itemKey(type, own)
  }

  add<T extends Resource & { id: string }>(
    resource: T,
    how: Made['how'] = 'whole',
    clears: readonly string[] = [],
  ): Ref {
    const reference = `${resource.resourceType}/${resource.id}`
    const same = this.#same(reference, resource)
    if (same !== undefined) return { reference: same }
    const before = this.#byId.get(reference)
    if (!before || how !== 'keep') {
      resource.meta = { source: this.#source }
      const made: Made = {
        resource,
        exact: this.#exactOf(resource),
        how,
        ...(clears.length > 0 && { clears }),
      }
      if (before) this.resources[this.resources.indexOf(before)] = made
      else this.resources.push(made)
      this.#byId.set(reference, made)
    }
    return { reference }
  }

  /** An item told twice in one record, word by word, is one: the reference of the first. */
  #same(reference: string, resource: Resource): string | undefined {
    const first = this.#twins.get(reference)
    const before = first === undefined ? undefined : this.#byId.get(first)
    if (first === undefined || !before) return undefined
    const told = this.#told.get(first) ?? new Map([[contentOf(before.resource), first]])
    this.#told.set(first, told)
    const content = contentOf(resource)
    const same = told.get(content)
    if (same === undefined) told.set(content, reference)
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
    return of.flatMap((one) => this.identifier(one, kind, type) ?? [])
  }

  /** Somebody who treats. Known from elsewhere they stay as they are known. */
  practitioner(person: Person | Clear | undefined): Ref | undefined {
    if (person === undefined || person === CLEAR) return undefined
    if (this.#people.has(person)) return this.#people.get(person)
    const made = this.#practitioner(person)
    this.#people.set(person, made)
    return made
  }

  #practitioner(person: Person): Ref | undefined {
    const name = humanName(person.name)
    const ids = person.ids.flatMap((one) => this.identifier(one, 'practitioner') ?? [])
    const [first] = ids
    const words = name?.text ?? [name?.prefix?.[0], ...(name?.given ?? []), name?.family].filter(Boolean).join(' ')
    if (!first && !words) return undefined
    const key = first ? `${first.system ?? ''}|${first.value ?? ''}` : `name:${keyOfName(words)}`
    const phone = telecom(person.phone)
    const id = this.id('Practitioner', key)
    this.add(
      {
        resourceType: 'Practitioner',
        id,
        ...(ids.length > 0 && { identifier: ids }),
        ...(name && { name: [name] }),
        ...(phone && { telecom: [phone] }),
      },
      'keep',
    )
    return { reference: `Practitioner/${id}`, ...(words && { display: words }) }
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
    this.add(
      { resourceType: 'Organization', id, ...(own && { identifier: [own] }), ...optional('name', words) },
      'keep',
    )
    return { reference: `Organization/${id}`, ...(words && { display: words }) }
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
    if (given.ucum) Object.assign(quantity, { system: systems['ucum'], code: given.ucum })
    return quantity
  }

  /** A SimpleQuantity: about so much is no amount that can be given. */
  amount(measure: Measure | Clear | undefined): Quantity | undefined {
    const given = told(measure)
    return given?.comparator ? undefined : this.quantity(given)
  }

  /** Where in the resource its numbers to keep stand. */
  #exactOf(resource: object): Exact[] {
    if (this.#exact.length === 0) return []
    const found: Exact[] = []
    const walk = (node: object, path: (string | number)[]) => {
      for (const one of this.#exact) {
        if (one.holder === node) found.push({ ...one, path: [...path, one.key] })
      }
      for (const [key, value] of Object.entries(node) as [string, unknown][]) {
        if (typeof value === 'object' && value !== null) walk(value, [...path, Array.isArray(node) ? Number(key) : key])
      }
    }
    walk(resource, [])
    this.#exact = this.#exact.filter(({ holder }) => !found.some((one) => one.holder === holder))
    return found
  }
}

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
