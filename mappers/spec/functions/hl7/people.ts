import type { LocalIdentifier, Person, PersonName, Phone, PostalAddress } from '../../../canonical.ts'
import { readIdentifier } from '../../../values/identifiers.ts'
import { readName } from '../../../values/names.ts'
import { readPhones } from '../../../values/phones.ts'
import type { Cell } from '../../function.ts'
import { inner, type Parts } from './node.ts'
import { authority } from './systems.ts'

function identifier(value: string, about: Omit<LocalIdentifier, 'value'>, cell: Cell): LocalIdentifier | undefined {
  if (value === '') return undefined
  const read = readIdentifier(value, about)
  if (read.fault) cell.report(read.fault, { value })
  return read.value
}

function hd(parts: Parts) {
  return authority(parts.text(1), parts.text(2), parts.text(3))
}

function typed(type: string, assigner: ReturnType<typeof authority>): Omit<LocalIdentifier, 'value'> {
  return { ...assigner, ...(type && { type }) }
}

/** CX: an identifier, who assigns it, its type (table 0203). `type` is of the field, where the sender leaves it out. */
export function cx(parts: Parts, cell: Cell, type = ''): LocalIdentifier | undefined {
  const assigner = hd(inner(parts, 4))
  const facility = assigner.assigner ?? parts.text(6)
  return identifier(
    parts.text(1),
    typed(parts.text(5) || type, { ...assigner, ...(facility && { assigner: facility }) }),
    cell,
  )
}

/** EI: an identifier, and the application that gave it. `inner` of EIP too. */
export function ei(parts: Parts, cell: Cell, type = ''): LocalIdentifier | undefined {
  return identifier(parts.text(1), typed(type, authority(parts.text(2), parts.text(3), parts.text(4))), cell)
}

/** Table 0200 → name use. */
const uses: Readonly<Record<string, string>> = {
  BAD: 'old',
  D: 'usual',
  L: 'official',
  R: 'official',
  C: 'official',
  M: 'maiden',
  MSK: 'anonymous',
  N: 'nickname',
  NAV: 'temp',
  TEMP: 'temp',
  NOUSE: 'old',
}

interface NameParts {
  readonly family: string
  readonly given: string
  readonly middle: string
  readonly suffix: readonly string[]
  readonly prefix: string
  readonly use: string
}

/** A name in one component may hold what a name cell of a table does: honorific, relation, all in one. */
function nameOf({ family, given, middle, suffix, prefix, use }: NameParts, cell: Cell): PersonName | undefined {
  const kind = uses[use.toUpperCase()]
  const words = [prefix, given, middle, family, ...suffix].filter((word) => word !== '')
  if (words.length === 0) return undefined
  const alone = words.length === 1
  const read = alone ? readName(words.join(' ')) : readName([given, middle, family].join(' '))
  if (read.fault === 'NAME_PLACEHOLDER') cell.report('NAME_PLACEHOLDER', { value: words.join(' ') })
  const placeholder = read.value?.placeholder
  if (alone && read.value && (placeholder || /\s/.test(words[0] ?? '')))
    return { ...read.value, ...(kind && { use: kind }) }
  // `Mary Ann` is one given name where the sender makes it one.
  const names = [given, middle].filter((one) => one !== '')
  return {
    text: words.join(' '),
    ...(prefix && { prefix }),
    ...(names.length > 0 && { given: names }),
    ...(family && { family }),
    ...(suffix.some(Boolean) && { suffix: suffix.filter(Boolean).join(' ') }),
    ...(read.value?.language && { language: read.value.language }),
    ...(placeholder && { placeholder }),
    ...(kind && { use: kind }),
  }
}

export function xpn(parts: Parts, cell: Cell): PersonName | undefined {
  const name = nameOf(
    {
      family: parts.text(1),
      given: parts.text(2),
      middle: parts.text(3),
      suffix: [parts.text(4), parts.text(6), parts.text(14)],
      prefix: parts.text(5),
      use: parts.text(7),
    },
    cell,
  )
  return name && [1, 2, 3, 4, 5, 6].some((part) => parts.isNull?.(part)) ? { ...name, instead: true } : name
}

/** XPN.15 is a name of its own (HL7's v2-to-FHIR map of XPN). */
export function calledBy(parts: Parts): PersonName | undefined {
  const text = parts.text(15)
  return text === '' ? undefined : { text, given: [text], use: 'nickname' }
}

/** XCN: a name with an id before it; CN of old versions too. */
export function xcn(parts: Parts, cell: Cell): Person | undefined {
  const id = identifier(parts.text(1), typed(parts.text(13), hd(inner(parts, 9))), cell)
  const name = nameOf(
    {
      family: parts.text(2),
      given: parts.text(3),
      middle: parts.text(4),
      suffix: [parts.text(5), parts.text(7)],
      prefix: parts.text(6),
      use: parts.text(10),
    },
    cell,
  )
  return id || name ? { ids: id ? [id] : [], ...(name && { name }) } : undefined
}

/** NDL: a CNN as its first component. */
export function ndl(parts: Parts, cell: Cell): Person | undefined {
  const [cnn, nothing] = [inner(parts, 1), '']
  const id = identifier(cnn.text(1), {}, cell)
  const name = nameOf(
    {
      family: cnn.text(2),
      given: cnn.text(3),
      middle: cnn.text(4),
      suffix: [cnn.text(5), cnn.text(7)],
      prefix: cnn.text(6),
      use: nothing,
    },
    cell,
  )
  return id || name ? { ids: id ? [id] : [], ...(name && { name }) } : undefined
}

/** Table 0190 → address use; the others are none of FHIR's uses. */
const addressUses: Readonly<Record<string, NonNullable<PostalAddress['use']>>> = {
  BA: 'old',
  C: 'temp',
  B: 'work',
  O: 'work',
  H: 'home',
}

export function xad(parts: Parts): PostalAddress | undefined {
  const lines = [parts.text(1, 1), parts.text(1, 2), parts.text(1, 3), parts.text(2), parts.text(19)].filter(Boolean)
  const [city, state, pin, country, district] = [3, 4, 5, 6, 9].map((at) => parts.text(at))
  const all = [...lines, city, district, state, pin, country].filter(Boolean)
  if (all.length === 0) return undefined
  const use = addressUses[parts.text(7).toUpperCase()]
  return {
    text: all.join(', '),
    ...(lines.length > 0 && { lines }),
    ...(city && { city }),
    ...(district && { district }),
    ...(state && { state }),
    ...(pin && { pin }),
    ...(country && { country }),
    ...(use && { use }),
  }
}

/** Table 0202; a mobile is a phone whose use is mobile. */
const equipment: Readonly<Record<string, Phone['system']>> = {
  FX: 'fax',
  BP: 'pager',
  INTERNET: 'email',
  'X.400': 'email',
  MD: 'other',
  SAT: 'other',
  TDD: 'other',
  TTY: 'other',
}

/** XTN: an electronic address, else the number as one text or in its parts. */
export function xtn(parts: Parts, cell: Cell): Phone | undefined {
  const type = parts.text(3).toUpperCase()
  const system = equipment[type] ?? (type === '' && parts.text(4) !== '' && parts.text(1) === '' ? 'email' : 'phone')
  const use = phoneUse(parts.text(2), type)
  if (system === 'email') {
    const value = parts.text(4) || parts.text(1)
    return value === '' ? undefined : { value, system, ...(use && use !== 'mobile' && { use }) }
  }
  const value = parts.text(12) || parts.text(1) || inPieces(parts)
  if (value === '') return undefined
  if (system !== 'phone') return { value, system, ...(use && use !== 'mobile' && { use }) }
  const read = readPhones(value)
  if (read.fault) cell.report(read.fault, { value })
  const [first] = read.value ?? []
  if (!first || first.fake) return { value, system, ...(use && { use }), ...(first?.fake && { fake: true }) }
  const known = first.use ?? use
  return { ...first, ...(known && { use: known }) }
}

function inPieces(parts: Parts): string {
  const [country, area, local, extension] = [5, 6, 7, 8].map((at) => parts.text(at))
  if (!local) return ''
  return [country && `+${country.replace(/^\+/, '')}`, area, local, extension && `X${extension}`]
    .filter(Boolean)
    .join(' ')
}

/** Table 0201, and CP of table 0202. */
function phoneUse(code: string, equipmentType: string): Phone['use'] {
  if (equipmentType === 'CP' || code === 'PRS') return 'mobile'
  if (code === 'PRN' || code === 'ORN' || code === 'VHN') return 'home'
  return code === 'WPN' || code === 'ASN' ? 'work' : undefined
}
