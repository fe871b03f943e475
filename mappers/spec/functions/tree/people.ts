import type { LocalIdentifier, Person, PersonName, Phone, PostalAddress } from '../../../canonical.ts'
import { child, elements, textOf, type XmlNode } from '../../../read/xml/node.ts'
import { readPhones } from '../../../values/phones.ts'
import { authority } from './oids.ts'

const nameUses: Readonly<Record<string, string>> = {
  L: 'usual',
  C: 'official',
  P: 'nickname',
  A: 'nickname',
  ASGN: 'usual',
  SRCH: 'usual',
}

/** PN: with parts, or as it stands. */
export function nameOf(node: XmlNode): PersonName | undefined {
  const parts = (name: string): string[] =>
    elements(node, name)
      .map(textOf)
      .filter((text) => text !== '')
  const given = parts('given')
  const [family, prefix, suffix] = [parts('family').join(' '), parts('prefix').join(' '), parts('suffix').join(' ')]
  const text =
    given.length > 0 || family !== ''
      ? [prefix, ...given, family, suffix].filter((part) => part !== '').join(' ')
      : textOf(node)
  if (text === '') return undefined
  const use = nameUses[node.attributes.get('use')?.split(/\s+/)[0] ?? '']
  return {
    text,
    ...(prefix !== '' && { prefix }),
    ...(given.length > 0 && { given }),
    ...(family !== '' && { family }),
    ...(suffix !== '' && { suffix }),
    ...(use !== undefined && { use }),
  }
}

type AddressUse = NonNullable<PostalAddress['use']>
const addressUses: Readonly<Record<string, AddressUse>> = {
  H: 'home',
  HP: 'home',
  HV: 'home',
  WP: 'work',
  DIR: 'work',
  PUB: 'work',
  TMP: 'temp',
  BAD: 'old',
}

export function addressOf(node: XmlNode): PostalAddress | undefined {
  const one = (name: string): string | undefined => textOf(child(node, name) ?? NOTHING) || undefined
  const lines = elements(node)
    .filter(({ name }) => LINES.has(name))
    .map(textOf)
    .filter((line) => line !== '')
  const [city, district, state, pin, country] = [
    one('city'),
    one('county'),
    one('state'),
    one('postalCode'),
    one('country'),
  ]
  const use = addressUses[node.attributes.get('use')?.split(/\s+/)[0] ?? '']
  const text = lines.length === 0 && city === undefined && elements(node).length === 0 ? textOf(node) : ''
  if (lines.length === 0 && text === '' && [city, district, state, pin, country].every((part) => part === undefined))
    return undefined
  return {
    ...(text !== '' && { text }),
    ...(lines.length > 0 && { lines }),
    ...(city !== undefined && { city }),
    ...(district !== undefined && { district }),
    ...(state !== undefined && { state }),
    ...(pin !== undefined && { pin }),
    ...(country !== undefined && { country }),
    ...(use !== undefined && { use }),
  }
}

const LINES = new Set(['streetAddressLine', 'streetName', 'houseNumber', 'additionalLocator', 'unitID', 'precinct'])

type PhoneUse = NonNullable<Phone['use']>
const phoneUses: Readonly<Record<string, PhoneUse>> = {
  H: 'home',
  HP: 'home',
  HV: 'home',
  WP: 'work',
  DIR: 'work',
  MC: 'mobile',
}

/** TEL: `tel:+91…`, `mailto:…`; an Indian number in its usual form, any other as it is. */
export function telecomOf(node: XmlNode): Phone | undefined {
  const given = (node.attributes.get('value') ?? textOf(node)).trim()
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):)?(.*)$/is.exec(given) ?? []
  const bare = rest.replace(/^\/\//, '').trim()
  if (bare === '') return undefined
  const use = (node.attributes.get('use') ?? '')
    .split(/\s+/)
    .map((one) => phoneUses[one])
    .find((one) => one !== undefined)
  const system = systemOf(scheme.toLowerCase(), bare)
  const indian = system === 'phone' && /^\+?91|^0?[6-9]\d{9}$/.test(bare) ? readPhones(bare).value?.[0] : undefined
  return { ...(indian ?? { value: system === 'url' ? given : bare, system }), ...(use !== undefined && { use }) }
}

function systemOf(scheme: string, value: string): Phone['system'] {
  if (scheme === 'mailto' || (scheme === '' && /^[^\s@]+@[^\s@]+$/.test(value))) return 'email'
  if (scheme === 'fax' || scheme === 'x-text-fax') return 'fax'
  return scheme.startsWith('http') || scheme === 'ftp' || scheme === 'file' ? 'url' : 'phone'
}

/** II */
export function idOf(node: XmlNode): LocalIdentifier | undefined {
  const [root = '', extension = ''] = [node.attributes.get('root'), node.attributes.get('extension')].map((text) =>
    text?.trim(),
  )
  const assigner = node.attributes.get('assigningAuthorityName')
  const system = authority(root)
  if (extension !== '')
    return { value: extension, ...(system !== undefined && { system }), ...(assigner !== undefined && { assigner }) }
  return system === undefined ? undefined : { value: system, system: 'urn:ietf:rfc:3986' }
}

/** Who did it: of an author, performer, assigned entity, informant; undefined for a device or an organization. */
export function personOf(node: XmlNode): Person | undefined {
  const entity = ENTITIES.has(node.name) ? node : elements(node).find(({ name }) => ENTITIES.has(name))
  if (!entity) return undefined
  const person = elements(entity).find(({ name }) => PERSONS.has(name))
  const name = elements(person ?? NOTHING, 'name').flatMap((one) => nameOf(one) ?? [])[0]
  const ids = elements(entity, 'id').flatMap((one) => idOf(one) ?? [])
  const phone = elements(entity, 'telecom').flatMap((one) => telecomOf(one) ?? [])[0]
  if (!name) return undefined
  return { name, ids, ...(phone && { phone }) }
}

const ENTITIES = new Set([
  'assignedEntity',
  'assignedAuthor',
  'relatedEntity',
  'associatedEntity',
  'participantRole',
  'intendedRecipient',
])
const PERSONS = new Set([
  'assignedPerson',
  'relatedPerson',
  'associatedPerson',
  'playingEntity',
  'informationRecipient',
])

const NOTHING: XmlNode = { name: '', attributes: new Map(), children: [], toString: () => '' }
