import { expect } from 'chai'
import { asha, bela, MRN, openFacilities, server, type Facilities } from './facilities.ts'

const HFR = 'https://facility.ndhm.gov.in'
const ABHA = 'https://healthid.ndhm.gov.in'

function discharge(note: string, abha: string, others: readonly object[] = []) {
  const urn = (n: number) => `urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e${n}`
  const entry = (n: number, resource: object) => ({ fullUrl: urn(n), resource })
  return {
    resourceType: 'Bundle',
    type: 'document',
    identifier: { system: 'urn:documents', value: 'discharge-1' },
    timestamp: '2026-11-20T10:00:00+05:30',
    entry: [
      entry(0, {
        resourceType: 'Composition',
        status: 'final',
        type: { text: 'Discharge summary' },
        subject: { reference: urn(1) },
        date: '2026-11-20T10:00:00+05:30',
        author: [{ reference: urn(2) }],
        custodian: { reference: urn(2) },
        title: note,
      }),
      entry(1, { resourceType: 'Patient', identifier: [{ system: ABHA, value: abha }], name: [{ text: note }] }),
      entry(2, { resourceType: 'Organization', identifier: [{ system: HFR, value: 'IN2210000017' }], name: note }),
      entry(3, { resourceType: 'Condition', subject: { reference: urn(1) }, code: { text: 'Fever' } }),
      ...others.map((one, i) => entry(4 + i, one)),
    ],
  }
}

describe('Documents', function () {
  this.timeout(60_000)
  let city: Facilities
  before(async () => {
    city = await openFacilities()
    const organization = { resourceType: 'Organization', id: 'IN2210000017', identifier: [{ system: HFR, value: 'IN2210000017' }], name: 'City' } // prettier-ignore
    await city.as(server(), 'PUT Organization/IN2210000017', organization)
  })
  after(() => city?.drop())

  it('that two facilities send are each one’s own, with a Patient of their own for the same number', async () => {
    const first = await city.as(asha, 'POST ', discharge('Asha', '91-2345-6789-0123'))
    const second = await city.as(bela, 'POST ', discharge('Bela', '91-2345-6789-0123'))
    expect([first.status, second.status], second.text).to.deep.equal([200, 200])
    const [ashas, belas] = [await made(asha), await made(bela)]
    expect(ashas.length).to.equal(5)
    expect(belas.length).to.equal(5)
    for (const one of ashas) expect(await city.ownerOf(one), one).to.equal('asha')
    for (const one of belas) expect(await city.ownerOf(one), one).to.equal('bela')
    const { json } = await city.as(bela, `GET Patient?identifier=${ABHA}|91-2345-6789-0123`)
    expect(json.entry.map(({ resource }: { resource: { name: { text: string }[] } }) => resource.name[0]?.text)).to.deep.equal(['Bela']) // prettier-ignore
  })

  it('refer to what the directory knows, and make it neither twice nor anew', async () => {
    const { json } = await city.as(bela, `GET Organization?identifier=${HFR}|IN2210000017`)
    expect(json.total).to.equal(1)
    expect(json.entry[0].resource.name).to.equal('City')
    const composition = (await city.as(bela, 'GET Composition?title=Bela')).json.entry[0].resource
    expect(composition.custodian.reference).to.equal('Organization/IN2210000017')
  })

  it('that come again make nothing twice, and a new edition takes along only what its own facility left out', async () => {
    const more = [{ resourceType: 'Condition', subject: { reference: 'Patient?x' }, code: { text: 'Cough' } }]
    const withCough = discharge('Bela', '91-2345-6789-0123', [{ ...more[0], subject: { reference: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e1' } }]) // prettier-ignore
    expect((await city.as(bela, 'POST ', withCough)).status).to.equal(200)
    expect((await city.as(asha, 'POST ', withCough)).status).to.equal(200)
    expect((await city.as(bela, 'POST ', discharge('Bela', '91-2345-6789-0123'))).status).to.equal(200)
    const coughs = async (who: typeof asha) => (await city.as(who, 'GET Condition?code:text=Cough')).json.total
    expect([await coughs(asha), await coughs(bela)]).to.deep.equal([1, 0])
    expect((await city.as(asha, 'GET Patient')).json.total).to.equal(3)
  })

  it('do not refer to a Patient of another facility by number, unseen', async () => {
    const { json } = await city.as(asha, 'GET Patient/mira')
    expect(json.identifier[0]).to.deep.equal({ system: MRN, value: '1' })
    const stray = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: 'http://matrix/fhir/Patient/mira' } } // prettier-ignore
    const answer = await city.as(bela, 'POST ', discharge('Bela', '91-2345-6789-0123', [stray]))
    expect(answer.status).to.equal(422)
    expect(answer.text).to.contain('Bundle.entry[4].resource.subject')
  })

  async function made(who: typeof asha): Promise<string[]> {
    const kinds = ['Bundle', 'Composition', 'Condition', 'Provenance']
    const rows = await Promise.all(kinds.map(async (kind) => (await city.as(who, `GET ${kind}`)).json.entry ?? []))
    const patient = (await city.as(who, `GET Patient?identifier=${ABHA}|91-2345-6789-0123`)).json.entry ?? []
    return [...rows.flat(), ...patient].map(({ resource }) => `${resource.resourceType}/${resource.id}`)
  }
})
