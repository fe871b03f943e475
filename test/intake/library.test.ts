import { expect } from 'chai'
import { libraryOf } from '../../mappers/library.ts'
import { FhirError } from '../../server/errors.ts'
import { findFacility } from '../../server/intake/catalog.ts'
import { libraryCatalog } from '../../server/intake/library-catalog.ts'
import { mapCode } from '../../server/intake/work-list.ts'
import type { Bundle } from '@medplum/fhirtypes'
import { intakeServer } from './server.ts'

const clinic = `
facility: rose-clinic
organization: { hfr: IN2299999999, name: 'Rose Clinic' }
source: { kind: csv, encoding: [utf-8], dates: day-first, zone: Asia/Kolkata }
record: { key: [No] }
bind:
  patient.localId: { from: UHID, as: [trim, identifier], need: record }
  patient.name: { from: Name, as: person-name }
  patient.sex: { from: Sex, as: sex }
  visit.id: { from: No, need: record }
  visit.class: { const: outpatient }
  visit.status: { const: finished }
  visit.at: { from: Date, as: datetime, need: record }
  medication: { drug: { from: Drug, as: { code: drug } } }
codes:
  drug: { PCM: 'http://www.whocc.no/atc|N02BE01' }
`
const catalog = libraryCatalog(() =>
  libraryOf(
    new Map([
      ['rose-clinic', clinic],
      ['broken', 'facility: broken\nbind: { patient.nmae: X }\n'],
    ]),
    new Map(),
    new Map(),
  ),
)
const file =
  'No,Date,UHID,Name,Sex,Drug\n1,20/11/2026,U1,Smt. Geeta Devi W/o Mohan,F,PCM\n2,20/11/2026,U2,Ravi Kumar,M,XYZ\n3,31/02/2026,U3,Asha,F,PCM\n'

describe('A facility of the library', () => {
  it('is found by its slug and by its HFR id', () => {
    expect(findFacility(catalog, 'rose-clinic')?.organization).to.equal('IN2299999999')
    expect(findFacility(catalog, 'IN2299999999')?.slug).to.equal('rose-clinic')
  })

  it('with a fault in its file is refused with the fault and its line', () => {
    const refused = () => catalog.compile(catalog.frozen('broken'), [])
    expect(refused).to.throw(FhirError, /broken\.yaml:\d+/)
  })

  it('goes all the way: rows, refusals by line and column, a code mapped later', async () => {
    const server = await intakeServer([], { catalog })
    try {
      const status = await server.send('rose-clinic', file)
      expect(status.counts).to.deep.equal({ accepted: 1, 'accepted-with-warnings': 1, quarantined: 1 })
      const { records } = await server.json<{
        records: { line: number; issues: { code: string; column: string }[] }[]
      }>(`/intake/rose-clinic/${status.message}/records?state=quarantined`)
      expect(records.map(({ line, issues }) => [line, issues[0]?.code, issues[0]?.column])).to.deep.equal([
        [4, 'DATE_IMPOSSIBLE', 'Date'],
      ])
      const csv = await (await server.get(`/intake/rose-clinic/${status.message}/errors.csv`)).text()
      expect(csv.split('\r\n')[0]).to.match(/^No,Date,UHID,Name,Sex,Drug,error_line,/)
      expect(csv.split('\r\n')[1]).to.match(/^3,31\/02\/2026,U3,Asha,F,PCM,4,DATE_IMPOSSIBLE,Date,99\/99\/9999,/)
      const { intake } = server.running
      const refusal = await mapCode(intake, 'rose-clinic', { list: 'drug', code: 'XYZ', target: 'no system|' }).catch(
        (error: unknown) => error,
      )
      expect(refusal).to.be.instanceOf(FhirError)
      expect(
        await mapCode(intake, 'rose-clinic', { list: 'drug', code: 'XYZ', target: 'http://www.whocc.no/atc|M01AE01' }),
      ).to.equal(1)
      expect((await server.settled('rose-clinic', status.message)).counts).to.deep.equal({
        accepted: 2,
        quarantined: 1,
      })
      const drugs = await server.json<Bundle>('/fhir/MedicationRequest?code=http://www.whocc.no/atc|M01AE01')
      expect(drugs.total).to.equal(1)
      expect((await server.send('rose-clinic', file)).counts).to.deep.equal({ duplicate: 2, quarantined: 1 })
    } finally {
      await server.stop()
    }
  })
})
