import type { Patient } from '@medplum/fhirtypes'
import { readFileSync } from 'node:fs'
import { libraryOf } from '../../mappers/library.ts'
import { readCodeFile } from '../../mappers/spec/code-file.ts'
import { libraryCatalog } from '../../server/intake/library-catalog.ts'
import { until } from '../harness/until.ts'
import { intakeServer, type IntakeServer } from './server.ts'

/** A row under another person's number brings that person's record together with a stranger's. */
describe('A row that was written under another person’s number', () => {
  let server: IntakeServer
  before(async () => {
    const read = (path: string) => readFileSync(new URL(`../../mappers/${path}`, import.meta.url), 'utf8')
    const dialects = new Map([['csv-opd-register', read('dialects/csv-opd-register.yaml')]])
    const lists = ['city-drugs', 'city-diagnoses']
    const codes = new Map(lists.map((name) => [name, readCodeFile(name, read(`codes/${name}.csv`))]))
    const facility = (slug: string, hfr: string) =>
      [slug, `facility: ${slug}\norganization: { hfr: ${hfr}, name: ${slug} }\nextends: csv-opd-register\n`] as const
    const files = new Map([facility('rose', 'IN2299000010'), facility('lotus', 'IN2299000011')])
    server = await intakeServer([], { catalog: libraryCatalog(() => libraryOf(files, dialects, codes)), linking: true })
  })
  after(() => server.stop())

  const header =
    'OPD No,UHID,Patient Name,Father/Husband,Age,Sex,Mobile,ABHA No,Address,Date,Time,Department,Doctor,Complaint,Fee,Diagnosis,' +
    'Medicine 1,Dose 1,Days 1,Medicine 2,Dose 2,Days 2,Medicine 3,Dose 3,Days 3,Medicine 4,Dose 4,Days 4,Weight (kg),Temp (F),Pulse\n'
  const row = (visit: string, uhid: string, person: string) =>
    `${header}${visit},${uhid},${person},Ward 5,18-11-2026,10:00,OPD,Dr. Rao,Fever,200,,${','.repeat(14)}\n`
  const sita = 'Sita Verma,,34,F,9827100009,91-7225-4829-5251'

  /** The numbers of the records that each golden Patient names. */
  const together = async () => {
    const { entry = [] } = await server.json<{ entry?: { resource: Patient }[] }>('/fhir/Patient?_count=100')
    const all = new Map(entry.map(({ resource }) => [`Patient/${resource.id}`, resource]))
    const numberOf = (reference = '') => all.get(reference)?.identifier?.find(({ value }) => /^[A-Z]\d$/.test(value ?? ''))?.value ?? '?' // prettier-ignore
    return [...all.values()]
      .filter(
        ({ identifier, link }) =>
          link && link.length > 1 && !identifier?.some(({ value }) => /^[A-Z]\d$/.test(value ?? '')),
      ) // prettier-ignore
      .map(({ link = [] }) => link.map(({ other }) => numberOf(other.reference)).toSorted())
  }
  const become = (expected: readonly string[][]) =>
    until(async () => JSON.stringify(await together()) === JSON.stringify(expected), 100)

  it('is no reason to hold the two for one once it is corrected', async function () {
    this.timeout(60_000)
    await server.send('lotus', row('L1', 'L9', sita))
    await server.send('rose', row('V1', 'U2', 'Ramesh Sahu,,61,M,9827100008,'))
    await server.send('rose', row('V9', 'U2', sita))
    await become([['L9', 'U2']])
    await server.send('rose', row('V9', 'U3', sita))
    await become([['L9', 'U3']])
  })
})
