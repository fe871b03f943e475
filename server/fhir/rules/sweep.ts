import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Issue } from '../../errors.ts'
import { isAadhaarValue, maskAadhaar, maskAadhaarBytes } from './aadhaar.ts'
import { plainDigits } from './digits.ts'
import { isOtherPhone, mobileOf } from './mobile.ts'
import { maskNarrative } from './narrative.ts'
import { formed, type Systems } from './systems.ts'

type Node = Record<string, unknown>

/** One walk over one resource. */
export class Sweep {
  readonly #issues: Issue[] = []
  readonly #place: (string | number)[] = []
  /** The numbers that were taken out, to see that they stand nowhere else. */
  readonly #taken = new Set<string>()

  constructor(private readonly systems: Systems) {}

  over(resource: object): Issue[] {
    const { resourceType } = resource as { resourceType?: unknown }
    this.#place.push(typeof resourceType === 'string' ? resourceType : 'Resource')
    this.#object(resource as Node, '')
    this.#refuseRemains(resource)
    return this.#issues
  }

  /** `key` is the member it stands in. */
  #object(node: Node, key: string): void {
    const { system } = node
    if (typeof system === 'string' && typeof node['value'] === 'string') this.#systemAndValue(node, key, system)
    if (typeof node['data'] === 'string') this.#content(node)
    for (const member in node) {
      const value = node[member]
      if (typeof value === 'string') {
        if (KEPT.has(member) || (member === 'code' && system === SNOMED)) continue
        if (member === 'value' && IDENTIFIER.test(key)) continue // masked, two people's would be equal
        const masked = member === 'div' ? maskNarrative(value) : maskAadhaar(value)
        if (masked === value) continue
        node[member] = masked
        this.#warn(member, MASKED)
      } else if (typeof value === 'number') this.#number(member, String(value))
      else if (typeof value === 'object' && value !== null) {
        this.#place.push(member)
        if (Array.isArray(value)) this.#list(node, member, value)
        else if (isAadhaarIdentifier(value as Node, member)) this.#drop(node, member, value as Node)
        else this.#object(value as Node, member)
        this.#place.pop()
      }
    }
  }

  #list(holder: Node, member: string, list: unknown[]): void {
    let kept = 0
    for (const [i, item] of list.entries()) {
      this.#place.push(i)
      if (typeof item === 'string') {
        const masked = maskAadhaar(item)
        if (masked !== item) this.#add(MASKED)
        list[kept++] = masked
      } else if (Array.isArray(item) || typeof item !== 'object' || item === null) list[kept++] = item
      else if (isAadhaarIdentifier(item as Node, member)) this.#take(item as Node)
      else {
        const members = Object.keys(item).length
        this.#object(item as Node, member)
        if (Object.keys(item).length === members || !isEmptied(item as Node)) list[kept++] = item
        else if (member.startsWith('_')) list[kept++] = null
      }
      this.#place.pop()
    }
    if (kept === list.length) return
    list.length = kept
    if (kept === 0) delete holder[member]
  }

  /** A Reference that is nothing but the number stays a reference, to someone unnamed. */
  #drop(holder: Node, member: string, identifier: Node): void {
    this.#take(identifier)
    delete holder[member]
    if (member === 'identifier' && Object.keys(holder).every((key) => key === 'type')) holder['display'] = 'not named'
  }

  #take(identifier: Node): void {
    const { value } = identifier
    if (typeof value === 'string') {
      const digits = plainDigits(value).replace(/\D/g, '')
      if (digits.length === 12) this.#taken.add(digits)
    }
    this.#add(DROPPED)
  }

  #systemAndValue(node: Node, key: string, system: string): void {
    const value = node['value'] as string
    if (system === 'phone' || system === 'sms') return this.#phone(node, value)
    const register = this.systems.of(system)
    if (!register || !IDENTIFIER.test(key)) return
    if (system !== register.system) {
      node['system'] = register.system
      const message = `The identifier's system is another name of ${register.system}, and was stored as that`
      this.#warn('system', {
        message,
        code: 'value',
        hint: `Send ${register.system} for ${register.name} identifiers.`,
      })
    }
    const { value: canonical, fault } = formed(register, value)
    node['value'] = canonical
    if (fault) {
      const { message, hint, refused } = fault
      const path = `${this.#path()}.value`
      this.#issues.push({ severity: refused ? 'error' : 'warning', code: 'value', message, hint, path })
    }
  }

  #phone(node: Node, value: string): void {
    const mobile = mobileOf(value)
    if (mobile !== undefined) node['value'] = mobile
    else if (!isOtherPhone(value)) {
      const message = 'This is no Indian mobile number, and was stored as it is'
      this.#warn('value', { message, code: 'value', hint: 'Send ten digits beginning 6 to 9, best as +91…' })
    }
  }

  /** There is no number that could stand in its place. */
  #number(member: string, digits: string): void {
    if (maskAadhaar(digits) === digits) return
    const message = 'An Aadhaar number stands here as a number'
    const hint = 'Leave it out, and send the ABHA number instead.'
    const path = `${this.#path()}.${member}`
    this.#issues.push({ severity: 'error', code: 'business-rule', message, hint, path })
  }

  /** Attachment and Binary: text inside base64. Compressed, scanned and encrypted content is not looked into. */
  #content(node: Node): void {
    const { contentType } = node
    if ('origin' in node || (typeof contentType === 'string' && !READABLE.test(contentType))) return
    const bytes = Buffer.from(node['data'] as string, 'base64')
    if (typeof contentType !== 'string' && !isUtf8(bytes)) return
    const masked = maskAadhaarBytes(bytes)
    if (masked === bytes) return
    node['data'] = masked.toString('base64')
    if (node['size'] !== undefined) node['size'] = masked.length
    if (node['hash'] !== undefined) node['hash'] = createHash('sha1').update(masked).digest('base64')
    this.#warn('data', MASKED)
  }

  /** Ids and references are not masked, for they would lead elsewhere: such a resource is refused. */
  #refuseRemains(resource: object): void {
    if (this.#taken.size === 0) return
    const text = plainDigits(JSON.stringify(resource)).replace(/(?<=\d{4})[ -](?=\d{4})/g, '')
    if (![...this.#taken].some((digits) => text.includes(digits))) return
    const hint = 'Give the resource an id that says nothing about the person, such as a UUID.'
    const message = 'An Aadhaar number is used as an id, reference or part of a longer text'
    this.#issues.push({ severity: 'error', code: 'business-rule', message, hint, path: String(this.#place[0]) })
  }

  #warn(member: string, finding: Finding): void {
    this.#place.push(member)
    this.#add(finding)
    this.#place.pop()
  }

  #add(finding: Finding): void {
    this.#issues.push({ severity: 'warning', ...finding, path: this.#path() })
  }

  #path(): string {
    return this.#place.reduce<string>(
      (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
      '',
    )
  }
}

type Finding = Required<Pick<Issue, 'message' | 'code' | 'hint'>>

const MASKED: Finding = {
  message: 'An Aadhaar number stood here and was masked',
  code: 'business-rule',
  hint: 'Do not send Aadhaar numbers: send the ABHA number instead.',
}

const DROPPED: Finding = {
  message: 'An identifier that is an Aadhaar number was left out',
  code: 'business-rule',
  hint: 'Do not send Aadhaar numbers: send the ABHA number instead. If it is another number, write it so that it differs.',
}

const SNOMED = 'http://snomed.info/sct'
/** What others point at, or what points there: masked, it would lead elsewhere. */
const KEPT: ReadonlySet<string> = new Set([
  'id',
  'reference',
  'fullUrl',
  'resourceType',
  'versionId',
  'lastUpdated',
  'data',
  'hash',
])
const IDENTIFIER = /identifier$/i
const READABLE = /^(?:text\/|application\/(?:\S*\+)?(?:json|xml|pdf|rtf|hl7-v2|x-ndjson|csv|sql|yaml|javascript)\b)/i

/** Typed ADN, called Aadhaar, of a uidai system, or a value that is one under any name but a ration card's (12 digits too). */
function isAadhaarIdentifier(node: Node, member: string): boolean {
  const { system, value, type } = node
  if (typeof value !== 'string') return false
  if (typeof system === 'string' && NAMED.test(system)) return true
  const types = typesOf(type)
  if (types.some((text) => text === 'ADN' || NAMED.test(text))) return true
  return IDENTIFIER.test(member) && !types.includes('RCN') && isAadhaarValue(value)
}

/** What Aadhaar is called, and whose it is. */
export const NAMED = /uidai|aa?dh?aa?r|आधार/i

/** Codes, displays and text of Identifier.type. */
function typesOf(type: unknown): string[] {
  if (typeof type !== 'object' || type === null) return []
  const { coding, text } = type as { coding?: unknown; text?: unknown }
  const codings = (Array.isArray(coding) ? coding : []) as { code?: unknown; display?: unknown }[]
  const all = [text, ...codings.flatMap((one) => [one?.code, one?.display])]
  return all.filter((one): one is string => typeof one === 'string')
}

/** An extension whose value was taken out says nothing any more. */
function isEmptied(node: Node): boolean {
  const keys = Object.keys(node)
  return keys.length === 0 || (keys.length === 1 && keys[0] === 'url' && typeof node['url'] === 'string')
}
