import { createRequire } from 'node:module'

interface Ucum {
  readonly UcumLhcUtils: {
    getInstance(): {
      validateUnitString(unit: string, suggest: boolean): { status: string; suggestions?: { units: string[][] }[] }
    }
  }
}

const LONGEST = 100
const REMEMBERED = 10_000
const judged = new Map<string, string | undefined>()
let library: Ucum | undefined

/** What is wrong with a unit by UCUM (https://ucum.org/ucum); undefined when it is one. The tables are loaded when first asked. */
export function faultOfUnit(code: string): string | undefined {
  if (judged.has(code)) return judged.get(code)
  if (judged.size >= REMEMBERED) judged.clear()
  const fault = isUnit(code) ? undefined : 'is no UCUM unit'
  judged.set(code, fault)
  return fault
}

function isUnit(code: string): boolean {
  if (code === '' || code.length > LONGEST || /[^\x21-\x7e]/.test(code)) return false
  library ??= createRequire(import.meta.url)('@lhncbc/ucum-lhc') as Ucum
  return library.UcumLhcUtils.getInstance().validateUnitString(code, false).status === 'valid'
}
