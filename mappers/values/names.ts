import type { Draft, PersonName } from '../canonical.ts'
import { tidied } from './blanks.ts'
import type { Reading } from './reading.ts'

type Relation = NonNullable<PersonName['relation']>

/** Longest first within a script; matched at the start of a name, before a blank or behind a dot. */
const PREFIX =
  /^(?:(?:late|lt|shri|shree|shrimati|smt|sri|mrs|mr|ms|miss|dr|prof|ku|kum|kumari|km|master|mast|mst|baby|adv|er|col|capt|maj|sister|sr|fr|rev|pt|mohd(?=\.)|श्रीमती|श्रीमति|श्री|स्वर्गीय|सुश्री|कुमारी|डॉक्टर|मास्टर)(?:\.\s*|\s+)|(?:स्व|कु|डॉ|डा|पं|प्रो)[.०॰]?\s*(?=\s|[.०॰])[.०॰]?\s*)/iu

const KINDS: readonly (readonly [Relation['kind'], string])[] = [
  ['husband', 'w\\s*/\\s*o|wife\\s+of|पत्नी|पति|husband(?:\\s+name)?'],
  ['father', 's\\s*/\\s*o|d\\s*/\\s*o|son\\s+of|daughter\\s+of|पिता|पुत्री|पुत्र|father(?:\\s+name)?|आत्मजा|आत्मज'],
  ['mother', 'm\\s*/\\s*o(?=\\s+never)|माता|माँ|mother(?:\\s+name)?'],
  ['guardian', 'c\\s*/\\s*o|care\\s+of|g\\s*/\\s*o|guardian|द्वारा|अभिभावक'],
]
const RELATION = new RegExp(
  `(?<=^|[\\s,(;])(?:${KINDS.map(([kind, words]) => `(?<${kind}>${words})`).join('|')})(?:\\s*(?:का नाम|श्री(?=\\s*[-:])))?[\\s.:–-]+(?<name>[^)]+?)\\)?$`,
  'iu',
)
/** What each of these words has one of; most names have none, and looking for the words at each place is slow. */
const MAY_RELATE = /[^\0-\x7f]|\/|of|husband|father|mother|guardian/i
const LETTER = /\p{L}/u
/** `मोहन की पत्नी गीता` and the like are not taken apart. */
const PLACEHOLDER =
  /^(?:(?:baby|b|newborn|infant|twin|child|new\s+born)\s*(?:(?:boy|girl|male|female|one|two|[12ab])\s*)?(?:\/?\s*o\b\.?|of\b)|(?:baby|b)\s*\/\s*o\b|(?:baby|newborn|infant|twin)\s*(?:boy|girl|male|female)\b|newborn$|unknown|unidentified|un\s*known|john doe|jane doe|no name|not known|nil|n\/?a$|-+$|xxx+|test patient|cash(?: sale| customer| patient)?$|walk[- ]?in(?: customer| patient)?$|counter sale$|नवजात|अज्ञात|शिशु|बेबी\s)/iu
const DEVANAGARI = /[\u0900-\u097f]/
const LATIN = /[A-Za-z]/

/**
 * A name as one cell holds it: `Smt. Geeta Devi W/o Mohan Lal`. The text stays as written but for the relation; what is
 * recognised of it stands beside. A single name is a given name.
 */
export function readName(text: string): Reading<PersonName> {
  const whole = tidied(text)
  if (!LETTER.test(whole)) return { fault: 'VALUE_FORMAT' }
  const placeholder = PLACEHOLDER.test(whole)
  const found = placeholder || !MAY_RELATE.test(whole) ? undefined : RELATION.exec(whole)
  const own = found ? whole.slice(0, found.index).replace(/[\s,;(]+$/, '') : whole
  if (own === '') return { fault: 'VALUE_FORMAT' }
  const name: Draft<PersonName> = { text: own }
  if (!placeholder) setParts(name, own)
  if (DEVANAGARI.test(own) && !LATIN.test(own)) name.language = 'hi'
  const relation = found && relationOf(found)
  if (relation) name.relation = relation
  if (!placeholder) return { value: name }
  name.placeholder = true
  return { value: name, fault: 'NAME_PLACEHOLDER' }
}

/** Who is titled already is no "Miss" besides: her name is Kumari. */
const TITLED = /^(?:smt|shrimati|mrs|kum?|श्रीमत[ीि]|कु)[.०॰]?\s*$/iu
const KUMARI = /^(?:kumari|कुमारी)\s/iu

function withoutPrefix(name: string): { prefix: string; rest: string } {
  let rest = name
  for (let found = PREFIX.exec(rest); found && rest.length > found[0].length; found = PREFIX.exec(rest)) {
    if (TITLED.test(name.slice(0, name.length - rest.length)) && KUMARI.test(rest)) break
    rest = rest.slice(found[0].length)
  }
  return { prefix: name.slice(0, name.length - rest.length).trim(), rest }
}

/** The last word is the family name, as far as there are two; a remark in brackets, `(expired)`, is none. */
function setParts(name: Draft<PersonName>, own: string): void {
  const { prefix, rest } = withoutPrefix(own)
  const bare = rest.includes('(') ? rest.replace(/\([^()]*\)?/g, ' ').trim() || rest : rest
  const words = bare.split(/[,;() ]+/).filter(Boolean)
  const family = words.length > 1 ? words.pop() : undefined
  if (words.length > 0) name.given = words
  if (family) name.family = family
  if (prefix) name.prefix = prefix
}

function relationOf(found: RegExpExecArray): Relation | undefined {
  const { name = '', ...kinds } = found.groups ?? {}
  const kind = KINDS.find(([one]) => kinds[one] !== undefined)?.[0]
  const bare = name.replace(/^[\s:.-]+/, '').trim()
  if (kind === undefined || bare === '') return undefined
  return {
    kind,
    name: bare,
    text: found[0]
      .replace(/^[\s,(;]+/, '')
      .replace(/\)$/, '')
      .trim(),
  }
}

/** A cell that holds only who the relation is (`पिता/पति का नाम`): the name, with the kind the column or a mark tells. */
export function readRelation(text: string, kind: Relation['kind']): Reading<PersonName> {
  const whole = tidied(text)
  if (!LETTER.test(whole)) return { fault: 'VALUE_FORMAT' }
  const marked = RELATION.exec(whole)
  const relation = marked?.index === 0 ? relationOf(marked) : undefined
  const name = relation?.name ?? whole
  return { value: { text: whole, relation: relation ?? { kind, name, text: whole } } }
}
