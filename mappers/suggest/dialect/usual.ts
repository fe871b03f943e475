import type { Library } from '../../library.ts'
import type { Sample } from '../sample/sample.ts'
import { readDialect } from './dialect.ts'

/** Dialects for messages and trees, the most particular first; which of them reads the sample is found by trying. */
export function usualDialects(sample: Sample, library: Library): readonly string[] {
  const there = library.dialects()
  const named = namesFor(sample)
  if (named) return named.filter((name) => there.includes(name))
  return there.filter((name) => readDialect(library, name).source['kind'] === sample.kind)
}

/** undefined: any dialect of its kind may read it. */
function namesFor({ kind, types, flavour, bytes }: Sample): readonly string[] | undefined {
  if (kind === 'fhir') return [flavour === 'document' ? 'abdm-document' : flavour === 'STU3' ? 'fhir-stu3' : 'fhir-r4']
  if (kind === 'ccda') return [isIndian(bytes) ? 'ccda-summary' : 'ccda-base']
  if (kind === 'hl7v2') return [systemOf(types), 'hl7v2-base']
  return undefined
}

function isIndian(document: Uint8Array): boolean {
  return /ABHA|ABDM/i.test(Buffer.from(document).toString('latin1'))
}

const OF_PHARMACY = /^(RDE|RDS|RGV|RAS|RRE)/
const OF_LABORATORY = /^(ORU|OUL|ORM|OML|OMG|MDM)$/
const OF_STAYS = /^(?:SIU(?:\^|$)|ADT\^A0[1-7])/

/** Which kind of system sends such messages. */
function systemOf(types: readonly string[]): string {
  const codes = types.map((type) => type.split('^')[0] ?? '')
  if (codes.some((code) => OF_PHARMACY.test(code)) && !codes.includes('SIU')) return 'hl7v2-pharmacy'
  const stays = types.some((type) => OF_STAYS.test(type))
  return codes.some((code) => OF_LABORATORY.test(code)) && !stays ? 'hl7v2-lab' : 'hl7v2-his'
}
