import type { Content, Property } from '../../../server/fhir/validate/shapes.ts'
import { sexOf } from '../../values/sexes.ts'
import { fixedDate, fixedDateTime } from './dates.ts'
import { Digits } from './digits.ts'
import { tell, type Bench } from './bench.ts'

type Primitive = Extract<Content, { kind: 'primitive' }>

/** A primitive in R4's form; what has no such form stays as it was. */
export function mendPrimitive(
  given: unknown,
  property: Property,
  content: Primitive,
  path: string,
  bench: Bench,
): unknown {
  const { primitive, type } = content
  if (typeof given === 'object' && !(given instanceof Digits)) return given
  const fits =
    primitive.json === 'number' ? typeof given === 'number' || given instanceof Digits : typeof given === primitive.json
  if (!fits) return retyped(given, content, path, bench)
  if (typeof given !== 'string') return given
  if (type === 'date' || type === 'dateTime' || type === 'instant') return dated(given, content, path, bench)
  if (type === 'code') return coded(given, property, path, bench)
  if (type === 'base64Binary') return given.replace(/^data:[^,]{0,200};base64,/, '')
  if (['uri', 'url', 'canonical', 'id', 'oid', 'uuid'].includes(type) && given !== given.trim()) {
    tell(bench, 'blanks', path, 'There were blanks around it.')
    return given.trim()
  }
  return given
}

function retyped(given: unknown, { primitive, type }: Primitive, path: string, bench: Bench): unknown {
  if (!bench.allowed.has('types')) return given
  const mended = inType(given, primitive.json, type)
  if (mended === undefined) return given
  tell(bench, 'types', path, `It is a ${primitive.json} in R4.`)
  return mended
}

function inType(given: unknown, json: 'string' | 'number' | 'boolean', type: string): unknown {
  if (json === 'string') return given instanceof Digits ? given.text : String(given)
  const word = typeof given === 'string' ? given.trim() : String(given)
  if (json === 'boolean') {
    if (/^(?:true|yes|y|1)$/i.test(word)) return true
    return /^(?:false|no|n|0)$/i.test(word) ? false : undefined
  }
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(word) || (type !== 'decimal' && word.includes('.'))) return undefined
  return String(Number(word)) === word ? Number(word) : new Digits(word)
}

function dated(given: string, { primitive, type }: Primitive, path: string, bench: Bench): unknown {
  if (primitive.test(given as never) === true || !bench.allowed.has('dates')) return given
  const mended = type === 'date' ? fixedDate(given, bench.dates) : fixedDateTime(given, bench.dates)
  if (mended === undefined || primitive.test(mended as never) !== true) return given
  tell(bench, 'dates', path, 'It was not written as a date of R4.')
  return mended
}

/** In the case that R4 lists; a word for the sex in any of the languages we know. */
function coded(given: string, { codes }: Property, path: string, bench: Bench): unknown {
  const word = given.trim().replace(/\s+/g, ' ')
  if (!codes || codes.hasCode(given)) return word
  if (!bench.allowed.has('case')) return given
  const lower = word.toLowerCase()
  const dashed = lower.replace(/[ _]+/g, '-')
  const tries = [
    word,
    lower,
    dashed,
    word.toUpperCase(),
    lower.slice(0, 1).toUpperCase() + lower.slice(1),
    dashed.replace(/-/g, ''),
    alias[dashed] ?? '',
  ]
  if (path.endsWith('.gender')) tries.push(sexOf(word) ?? '')
  const found = tries.find((one) => one !== '' && codes.hasCode(one))
  if (found === undefined) return given
  tell(bench, 'case', path, 'The code was written otherwise.')
  return found
}

/** Spellings of R4's own codes that are the same word. */
const alias: Readonly<Record<string, string>> = {
  inprogress: 'in-progress',
  completed: 'completed',
  complete: 'completed',
  canceled: 'cancelled',
  noshow: 'noshow',
  'no-show': 'noshow',
  enteredinerror: 'entered-in-error',
  'entered-error': 'entered-in-error',
  onhold: 'on-hold',
}
