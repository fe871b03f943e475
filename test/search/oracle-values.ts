/**
 * The rules of https://hl7.org/fhir/R4/search.html, written once more and differently from the server: one stored value
 * against one search value, on JSON as it is. Nothing of server/fhir is used here.
 */
type Json = Record<string, unknown>

/** [from, to): half open, where the server's are inclusive. */
interface Span {
  from: number
  to: number
}

const NOW_GAP = 0.1

export function dateMatches(stored: unknown, value: string, now: number): boolean {
  const { prefix, rest } = prefixOf(value)
  const asked = spanOfText(rest)
  return spansOf(stored).some((span) => compareSpans(prefix, span, asked, now))
}

function compareSpans(prefix: string, stored: Span, asked: Span, now: number): boolean {
  const contained = asked.from <= stored.from && stored.to <= asked.to
  const above = stored.to > asked.to
  const below = stored.from < asked.from
  switch (prefix) {
    case 'eq':
      return contained
    case 'ne':
      return !contained
    case 'gt':
      return above
    case 'lt':
      return below
    case 'ge':
      return above || contained
    case 'le':
      return below || contained
    case 'sa':
      return stored.from >= asked.to
    case 'eb':
      return stored.to <= asked.from
    default: {
      const gap = Math.round(Math.min(Math.abs(now - asked.from), Math.abs(now - (asked.to - 1))) * NOW_GAP)
      return stored.from < asked.to + gap && stored.to > asked.from - gap
    }
  }
}

function spansOf(stored: unknown): Span[] {
  if (typeof stored === 'string') return [spanOfText(stored)]
  const { start, end } = stored as { start?: string; end?: string }
  if (start === undefined && end === undefined) return []
  return [
    {
      from: start === undefined ? -Infinity : spanOfText(start).from,
      to: end === undefined ? Infinity : spanOfText(end).to,
    },
  ]
}

function spanOfText(text: string): Span {
  const zoned = /Z$|[+-]\d\d:\d\d$/.test(text.slice(10)) ? '' : 'Z'
  switch (text.length - (zoned ? 0 : text.endsWith('Z') ? 1 : 6)) {
    case 4:
      return {
        from: Date.parse(`${text}-01-01T00:00:00Z`),
        to: Date.parse(`${String(Number(text) + 1).padStart(4, '0')}-01-01T00:00:00Z`),
      }
    case 7: {
      const next = new Date(`${text}-15T00:00:00Z`)
      next.setUTCDate(next.getUTCDate() + 30)
      return {
        from: Date.parse(`${text}-01T00:00:00Z`),
        to: Date.parse(`${next.toISOString().slice(0, 7)}-01T00:00:00Z`),
      }
    }
    case 10:
      return stretch(`${text}T00:00:00Z`, 86_400_000)
    case 16:
      return stretch(text.replace(/T(\d\d:\d\d)/, 'T$1:00') + zoned, 60_000)
    case 19:
      return stretch(text + zoned, 1000)
    default:
      return stretch(text + zoned, 1)
  }
}

function stretch(text: string, length: number): Span {
  return { from: Date.parse(text), to: Date.parse(text) + length }
}

export function prefixOf(value: string): { prefix: string; rest: string } {
  const known = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'].find((prefix) => value.startsWith(prefix))
  return { prefix: known ?? 'eq', rest: known ? value.slice(2) : value }
}

/** Numbers, quantities and ranges; `value` is the number with its prefix. */
export function numberMatches(stored: unknown, value: string): boolean {
  const { prefix, rest } = prefixOf(value)
  const [low, high] = endsOf(stored)
  if (low === undefined || high === undefined) return false
  const exact = Number(rest)
  const half = halfStep(rest)
  // decimals of a few digits: a tolerance far below any of their steps keeps double rounding out of the comparison
  const [from, to] = [exact - half, exact + half]
  const inside = low >= from - tiny(from) && high < to - tiny(to)
  switch (prefix) {
    case 'eq':
      return inside
    case 'ne':
      return !inside
    case 'gt':
      return high > exact
    case 'lt':
      return low < exact
    case 'ge':
      return high > exact || (low === exact && high === exact)
    case 'le':
      return low < exact || (low === exact && high === exact)
    case 'sa':
      return low > exact
    case 'eb':
      return high < exact
    default: {
      const gap = Math.abs(exact) * 0.1
      return low <= Math.max(exact + gap, to - tiny(to)) && high >= Math.min(exact - gap, from)
    }
  }
}

function tiny(number: number): number {
  return Math.abs(number) * 1e-13
}

/** Half a unit of the last digit written: 100 → 0.5, 5.4 → 0.05; with an exponent a tenth of it, as R4 says of 1e2: 5. */
function halfStep(text: string): number {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e')
  const decimals = digits.split('.')[1]?.length ?? 0
  return 5 * Number(`1e${Number(exponent) - decimals - (text.includes('e') ? 2 : 1)}`)
}

function endsOf(stored: unknown): [number | undefined, number | undefined] {
  if (typeof stored === 'number') return [stored, stored]
  const { value, low, high, comparator } = stored as { value?: number; low?: Json; high?: Json; comparator?: string }
  if (value !== undefined)
    return [comparator?.startsWith('<') ? -Infinity : value, comparator?.startsWith('>') ? Infinity : value]
  if (low === undefined && high === undefined) return [undefined, undefined]
  return [(low?.['value'] as number | undefined) ?? -Infinity, (high?.['value'] as number | undefined) ?? Infinity]
}

/** `number|system|code`, `number||code`, or the number alone. */
export function quantityMatches(stored: unknown, [number = '', system, code]: readonly string[]): boolean {
  if (!numberMatches(stored, number)) return false
  if (system === undefined || code === undefined) return true
  const { system: s, code: c, unit } = stored as Json
  // "where the unit - either the code or the stated human unit - is"
  return system === '' ? c === code || unit === code : s === system && c === code
}

/** The angle between two places by their vectors: the distance on a sphere. */
export function nearMatches(
  stored: unknown,
  [lat = '', lon = '', distance = '10', unit = 'km']: readonly string[],
): boolean {
  const { latitude, longitude } = stored as { latitude: number; longitude: number }
  const [a, b] = [vector(latitude, longitude), vector(Number(lat), Number(lon))]
  const chord = Math.hypot(...a.map((x, i) => x - (b[i] ?? 0)))
  return 2 * Math.asin(Math.min(1, chord / 2)) * 6371.0088 <= Number(distance) * (unit === 'mi' ? 1.609344 : 1)
}

function vector(latitude: number, longitude: number): number[] {
  const [lat, lon] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180]
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)]
}

/** Asks for any code. */
export const ANY = '*'

/** `code`, `system|code`, `|code`, `system|` against whatever a token can be. */
export function tokenMatches(stored: unknown, parts: readonly string[]): boolean {
  return codingsOf(stored).some(({ system, code }) => {
    if (parts.length === 1) return parts[0] === ANY || code === parts[0]
    const [askedSystem, askedCode] = parts
    if (askedSystem === '') return system === undefined && code === askedCode
    return system === askedSystem && (askedCode === '' || code === askedCode)
  })
}

function codingsOf(stored: unknown): { system?: unknown; code?: unknown }[] {
  if (typeof stored !== 'object' || stored === null) return [{ code: String(stored) }]
  const { coding, system, code, value } = stored as Json
  if (Array.isArray(coding)) return coding as Json[]
  if (isContact(stored as Json)) return [{ code: value }]
  if (code !== undefined || (system !== undefined && value === undefined)) return [{ system, code }]
  return [{ system, code: value }]
}

function isContact({ system, value }: Json): boolean {
  return value !== undefined && (system === 'phone' || system === 'email')
}

/** :of-type: type-system|type-code|value of an identifier. */
export function ofTypeMatches(stored: unknown, [system, code, value]: readonly string[]): boolean {
  const { type, value: own } = stored as { type?: { coding?: Json[] }; value?: unknown }
  return own === value && (type?.coding ?? []).some((one) => one['system'] === system && one['code'] === code)
}

/** :text, as a string search: from the start, without case and accents. */
export function textMatches(stored: unknown, value: string): boolean {
  const { text, display, coding, type } = (typeof stored === 'object' ? stored : {}) as {
    text?: string
    display?: string
    coding?: { display?: string }[]
    type?: { text?: string }
  }
  const texts = [text, display, type?.text, ...(coding ?? []).map((one) => one.display)]
  return texts.some((one) => one !== undefined && plain(one).startsWith(plain(value)))
}

export function stringMatches(stored: unknown, value: string, modifier: string | undefined): boolean {
  return stringsOf(stored).some((one) => {
    if (modifier === 'exact') return one === value
    return modifier === 'contains' ? plain(one).includes(plain(value)) : plain(one).startsWith(plain(value))
  })
}

const namedParts = [
  'text',
  'family',
  'given',
  'prefix',
  'suffix',
  'line',
  'city',
  'district',
  'state',
  'postalCode',
  'country',
]

function stringsOf(stored: unknown): string[] {
  if (typeof stored === 'string') return [stored]
  return namedParts.flatMap((part) => (stored as Record<string, string | string[] | undefined>)[part] ?? [])
}

/** Case, Latin accents and punctuation do not matter; the signs of Devanagari do. */
function plain(text: string): string {
  const letters = text
    .replace(/'/g, '')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFKD')
  return letters
    .toLowerCase()
    .replace(/[-|,$.]/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
}

export function uriMatches(stored: unknown, value: string, modifier: string | undefined): boolean {
  const uri = String(stored)
  const own = uri.includes('|') ? [uri, uri.slice(0, uri.indexOf('|'))] : [uri]
  return own.some((one) => {
    if (modifier === 'contains') return one.includes(value)
    if (modifier === 'below') return one === value || one.startsWith(value.endsWith('/') ? value : `${value}/`)
    if (modifier === 'above')
      return value === one || (value.startsWith(one) && (one.endsWith('/') || value[one.length] === '/'))
    return one === value
  })
}

/** `id`, `Type/id` or an absolute address; `targets` are the types allowed. */
export function referenceMatches(stored: unknown, value: string, targets: readonly string[]): boolean {
  const reference = (stored as { reference?: string }).reference
  if (reference === undefined) return false
  if (value.includes(':')) return reference === value && targets.includes(value.split('/').at(-2) ?? '')
  const local = /^([A-Z]\w+)\/([^/]+)$/.exec(reference)
  if (!local || !targets.includes(local[1] ?? '')) return false
  return value.includes('/') ? reference === value : local[2] === value
}

export function identifierMatches(stored: unknown, parts: readonly string[]): boolean {
  const { identifier } = stored as { identifier?: unknown }
  return identifier !== undefined && tokenMatches(identifier, parts)
}
