import { readFileSync } from 'node:fs'
import { libraryOf } from '../../../mappers/library.ts'
import type { Catalog } from '../../../server/intake/catalog.ts'
import { libraryCatalog } from '../../../server/intake/library-catalog.ts'

/** Facilities of a test over the real dialects: slug → what its file says besides its name. */
export function catalogOf(files: Readonly<Record<string, string>>): Catalog {
  const texts = Object.entries(files).map(([slug, rest], i): [string, string] => [
    slug,
    `facility: ${slug}\norganization: { hfr: IN22990000${i + 10}, name: ${slug} }\n${rest}\n`,
  ])
  const dialects = ['hl7v2-base', 'hl7v2-his', 'fhir-r4'].map((name): [string, string] => [
    name,
    readFileSync(new URL(`../../../mappers/dialects/${name}.yaml`, import.meta.url), 'utf8'),
  ])
  return libraryCatalog(() => libraryOf(new Map(texts), new Map(dialects), new Map()))
}

export const his = (application: string, facility: string, more = '') =>
  `extends: hl7v2-his\nhl7: { application: ${application}, facility: ${facility}${more} }`

/** An admission; fields of MSH as a test wants them. */
export function adt(
  control: string,
  { application = 'HIS', facility = 'ROSE', accept = '', wish = '', patient = 'P1', name = 'Devi^Geeta' } = {},
): string {
  const pid = `PID|1||${patient}^^^HIS^MR||${name}||19900101|F|||Ward 5^^Raipur^^492001^IND\r`
  return (
    `MSH|^~\\&|${application}|${facility}|PARCHI|CITY|20261118090500+0530||ADT^A04^ADT_A01|${control}|P|2.5.1|||${accept}|${wish}|IND|UNICODE UTF-8\r` +
    `EVN|A04|20261118090500+0530\r${pid}PV1|1|O|MED||||||||MED|||||||||V${control}^^^HIS^VN|||||||||||||||||||||||||20261118090500+0530\r`
  )
}
