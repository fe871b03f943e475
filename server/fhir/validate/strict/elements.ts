import { typeName } from '../../profile/world.ts'
import { createHash } from 'node:crypto'
import { isResourceType } from '../../types.ts'
import { codingFaults, quantityFaults } from './codes.ts'
import { doubt, fault, isJson, textOf, type Json, type Strict } from './context.ts'
import { contentTypeFaults, identifierFaults, LANGUAGE, moneyFaults } from './marks.ts'
import { narrativeFaults } from './narrative.ts'
import type { Visit } from './walk.ts'

/** What each data type asks beyond its shape, in prose or by what it stands for. */
export function elementFaults(strict: Strict, visit: Visit): void {
  const { value, type } = visit
  if (typeof value === 'string') {
    if (type === 'uri' || type === 'url' || type === 'canonical') uriFaults(strict, visit, value)
    if (type === 'code' && visit.key === 'language' && visit.holder === visit.resource)
      languageFaults(strict, visit, value)
    if (type === 'string' || type === 'markdown') spaceDoubts(strict, visit, value)
    if (type === 'xhtml') narrativeFaults(strict, visit, value)
    return
  }
  if (!isJson(value)) return
  if (type === 'Coding') codingFaults(strict, value, visit.place)
  else if (type === 'Identifier') identifierFaults(strict, value, visit.place)
  else if (type === 'Money') moneyFaults(strict, value, visit.place)
  else if (type === 'Attachment') attachmentFaults(strict, visit, value)
  else if (type === 'Reference') referenceFaults(strict, visit, value)
  else if (type === 'Extension') extensionFaults(strict, visit, value)
  else if (QUANTITIES.has(type)) quantityFaults(strict, value, visit.place)
}

const QUANTITIES: ReadonlySet<string> = new Set([
  'Quantity',
  'Age',
  'Count',
  'Distance',
  'Duration',
  'MoneyQuantity',
  'SimpleQuantity',
])

const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/

/** https://hl7.org/fhir/R4/datatypes.html#uri, RFC 3986. */
function uriFaults(strict: Strict, { place, type, key, resource }: Visit, value: string): void {
  const bare = type === 'canonical' ? (value.split('|')[0] ?? value) : value
  if (/^urn:uuid:/i.test(bare) && !UUID.test(bare.replace(/#.*$/, ''))) {
    fault(strict, place, 'value', 'This is no UUID.', 'Write urn:uuid: and 32 hexadecimal digits with hyphens.')
  } else if (bare.startsWith('urn:oid:') && !OID.test(bare)) {
    fault(strict, place, 'value', 'This is no OID.', 'Write urn:oid: and numbers with dots, none beginning with 0.')
  } else if (/^(?:oid|uuid):/.test(bare)) {
    fault(strict, place, 'value', 'A URI of an OID or UUID begins with urn:.', 'Write urn: before it.')
  } else if (/[<>"\\^`]/.test(bare)) {
    fault(strict, place, 'value', 'This has a character that no URI may have.', 'Escape it with % and its code.')
  } else if (type === 'canonical' && !SCHEME.test(bare) && !bare.startsWith('#')) {
    // HL7's own examples do it by the dozen, so it cannot be more than a doubt.
    doubt(
      strict,
      place,
      'value',
      'A canonical url must be absolute.',
      'Write the whole url, or # and the id of a contained resource.',
    )
  } else if (key === 'url' && isOfResource(place) && CANONICALS.has(typeName(resource)) && !SCHEME.test(bare)) {
    fault(strict, place, 'value', 'The canonical url of a definition must be absolute.', 'Write the whole url.')
  }
}

/** A member of a resource itself, whether that stands alone, is contained or is bundled. */
function isOfResource(place: Visit['place']): boolean {
  return place.length === 2 || place.at(-2) === 'resource' || place.at(-3) === 'contained'
}

const CANONICALS: ReadonlySet<string> = new Set(
  'ActivityDefinition CapabilityStatement ChargeItemDefinition CodeSystem CompartmentDefinition ConceptMap EventDefinition Evidence ExampleScenario GraphDefinition ImplementationGuide Library Measure MessageDefinition NamingSystem OperationDefinition PlanDefinition Questionnaire ResearchDefinition SearchParameter StructureDefinition StructureMap TerminologyCapabilities TestScript ValueSet'.split(
    ' ',
  ),
)

/** https://hl7.org/fhir/R4/datatypes.html#string */
function spaceDoubts(strict: Strict, { place }: Visit, value: string): void {
  if (value.trim() === '')
    doubt(strict, place, 'value', 'This text has spaces alone.', 'Leave it out, or say something.')
}

/** BCP 47. */
function languageFaults(strict: Strict, { place }: Visit, value: string): void {
  if (!LANGUAGE.test(value))
    fault(
      strict,
      place,
      'code-invalid',
      'This is no language tag of BCP 47.',
      'Write a tag such as hi, hi-IN or en-IN.',
    )
}

/** https://hl7.org/fhir/R4/datatypes.html#attachment: size and hash are those of the data. */
function attachmentFaults(strict: Strict, { place }: Visit, attachment: Json): void {
  contentTypeFaults(strict, attachment, place)
  const data = textOf(attachment['data'])
  const { size, hash } = attachment
  if (data === undefined || !/^[\sA-Za-z0-9+/=]*$/.test(data)) return
  const bytes = Buffer.from(data, 'base64')
  if (typeof size === 'number' && size !== bytes.length) {
    fault(
      strict,
      [...place, 'size'],
      'value',
      `The size is not that of the data, which has ${bytes.length} bytes.`,
      'Give the number of bytes before base64, or leave it out.',
    )
  }
  if (typeof hash === 'string' && hash.replace(/\s/g, '') !== createHash('sha1').update(bytes).digest('base64')) {
    fault(
      strict,
      [...place, 'hash'],
      'value',
      'The hash is not the SHA-1 of the data.',
      'Give the SHA-1 of the bytes in base64, or leave it out.',
    )
  }
}

const RELATIVE = /^([A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#.*)?$/

/** https://hl7.org/fhir/R4/references.html#literal */
function referenceFaults(strict: Strict, { place, resource, root }: Visit, reference: Json): void {
  const literal = textOf(reference['reference'])
  const at = [...place, 'reference']
  if (literal === undefined) return
  if (literal.startsWith('#')) return
  if (/\s/.test(literal))
    return fault(
      strict,
      at,
      'value',
      'A reference has no spaces.',
      'Write [type]/[id], an absolute url, or # and an id.',
    )
  if (SCHEME.test(literal)) {
    if (/^urn:uuid:/i.test(literal) && !UUID.test(literal))
      fault(strict, at, 'value', 'This is no UUID.', 'Write urn:uuid: and 32 hexadecimal digits with hyphens.')
    else if (literal.startsWith('urn:oid:') && !OID.test(literal))
      fault(strict, at, 'value', 'This is no OID.', 'Write urn:oid: and numbers with dots.')
    return
  }
  if (literal.includes('?') || root['resourceType'] === 'Parameters' || resource['resourceType'] === 'Parameters')
    return
  const [, type] = RELATIVE.exec(literal) ?? []
  if (type === undefined || !isResourceType(type)) {
    // In a bundle it is to be found there; elsewhere a server may know what is meant.
    const tell = place[0] === 'Bundle' ? fault : doubt
    tell(
      strict,
      at,
      'value',
      'A relative reference must be [type]/[id], with a resource type of R4.',
      'Write it as Patient/123.',
    )
  }
}

/** https://hl7.org/fhir/R4/extensibility.html: an absolute url, but for the parts of a complex extension. */
function extensionFaults(strict: Strict, { place, holder }: Visit, extension: Json): void {
  const url = textOf(extension['url'])
  if (url === undefined || SCHEME.test(url)) return
  const inside = typeof holder['url'] === 'string' && place.at(-2) === 'extension' && isExtensionPlace(place)
  if (!inside)
    fault(
      strict,
      [...place, 'url'],
      'value',
      'The url of an extension must be absolute.',
      'Write the whole canonical url of its definition.',
    )
}

/** …extension[i].extension[j] */
function isExtensionPlace(place: Visit['place']): boolean {
  return place.at(-4) === 'extension' || place.at(-4) === 'modifierExtension'
}
