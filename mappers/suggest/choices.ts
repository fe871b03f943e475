import type { Library } from '../library.ts'
import { readDialect } from './dialect.ts'
import type { Line } from './lines.ts'
import type { Sample } from './sample.ts'

/** One way to write a facility file for a sample. */
export interface Choice {
  readonly dialect?: string
  readonly lines: readonly Line[]
}

/** Dialects for messages and trees, the most particular first; which of them reads the sample is found by trying. */
export function dialectsFor({ kind, types, flavour, bytes }: Sample, library: Library): readonly string[] {
  const there = library.dialects()
  const usual = (names: readonly string[]) => names.filter((name) => there.includes(name))
  if (kind === 'fhir') return usual([flavour === 'document' ? 'abdm-document' : flavour === 'STU3' ? 'fhir-stu3' : 'fhir-r4']) // prettier-ignore
  if (kind === 'ccda')
    return usual([/ABHA|ABDM/i.test(Buffer.from(bytes).toString('latin1')) ? 'ccda-summary' : 'ccda-base'])
  if (kind === 'hl7v2') return usual([system(types), 'hl7v2-base'])
  return there.filter((name) => readDialect(library, name).source['kind'] === kind)
}

/** Which kind of system sends such messages. */
function system(types: readonly string[]): string {
  const codes = types.map((type) => type.split('^')[0] ?? '')
  if (codes.some((code) => /^(RDE|RDS|RGV|RAS|RRE)/.test(code)) && !codes.includes('SIU')) return 'hl7v2-pharmacy'
  const stays = codes.includes('SIU') || types.some((type) => /^ADT\^A0[1-7]/.test(type))
  return codes.some((code) => /^(ORU|OUL|ORM|OML|OMG|MDM)$/.test(code)) && !stays ? 'hl7v2-lab' : 'hl7v2-his'
}
