import { createRequire } from 'node:module'

/** https://hl7.org/fhir/R4/terminologies-systems.html: the units of measure, a grammar rather than a list. */
export const UCUM = 'http://unitsofmeasure.org'

const LONGEST = 100
const REMEMBERED = 10_000
const judged = new Map<string, string | undefined>()

/**
 * What is wrong with a unit by the grammar and tables of UCUM (https://ucum.org/ucum); undefined when it is one.
 * The answers of the last units are kept: a city's laboratories use some hundred of them.
 */
export function faultOfUnit(code: string): string | undefined {
  if (judged.has(code)) return judged.get(code)
  const fault = judge(code)
  if (judged.size >= REMEMBERED) judged.clear()
  judged.set(code, fault)
  return fault
}

export function isUnit(code: string): boolean {
  return faultOfUnit(code) === undefined
}

function judge(code: string): string | undefined {
  // The library trims blanks, and writes to the console where it meets one inside.
  if (code === '' || code.length > LONGEST || /[^\x21-\x7e]/.test(code)) return 'is no UCUM unit'
  const { status, suggestions } = library().validateUnitString(code, true)
  if (status === 'valid') return undefined
  const proposed = suggestions?.flatMap(({ units }) => units.map(([unit]) => unit)).slice(0, 3) ?? []
  return proposed.length > 0 ? `is no UCUM unit; perhaps ${proposed.join(', ')} is meant` : 'is no UCUM unit'
}

/** The part of the library that is used here; it ships no types. */
interface Ucum {
  validateUnitString(
    unit: string,
    suggest: boolean,
  ): {
    status: 'valid' | 'invalid' | 'error'
    suggestions?: { units: [code: string, name: string, guidance: string][] }[]
  }
}

let loaded: Ucum | undefined

/** Loaded when the first unit is judged: its tables take 30 ms, which no start has to wait for. */
function library(): Ucum {
  if (loaded) return loaded
  const { UcumLhcUtils } = createRequire(import.meta.url)('@lhncbc/ucum-lhc') as {
    UcumLhcUtils: { getInstance(): Ucum }
  }
  return (loaded = UcumLhcUtils.getInstance())
}
