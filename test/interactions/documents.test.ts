import type { Bundle, BundleEntry, OperationOutcome, Patient, Provenance, Reference } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { conformanceOf } from '../../server/operations/conformance.ts'
import { openDesk, type Ask } from './house.ts'

const PROFILES = 'https://parchi.example/fhir/StructureDefinition/'
const ALWAYS = { from: '2000-01-01', to: '2999-12-31', top: 10 }

const abha = { system: 'https://healthid.ndhm.gov.in', value: '22-7225-4829-5255' }
const hfr = { system: 'https://facility.ndhm.gov.in', value: 'IN2210000259' }
const uuid = (n: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${n}`

/** A prescription whose references are written in every way that is met: urn, Type/id, identifier. */
function prescription(more: Partial<Bundle> = {}): Bundle {
  const entry = [
    {
      fullUrl: uuid(1),
      resource: {
        resourceType: 'Composition',
        id: 'c',
        status: 'final',
        type: { coding: [{ system: 'http://snomed.info/sct', code: '440545006' }] },
        subject: { reference: uuid(2) },
        date: '2026-11-20T10:00:00+05:30',
        author: [{ reference: 'Practitioner/doc' }],
        custodian: { identifier: hfr },
        title: 'Prescription record',
        section: [{ entry: [{ reference: 'MedicationRequest/m1' }, { reference: uuid(5) }] }],
      },
    },
    {
      fullUrl: uuid(2),
      resource: { resourceType: 'Patient', id: 'p', identifier: [abha], name: [{ text: 'Asha Sahu' }] },
    },
    {
      fullUrl: 'Practitioner/doc',
      resource: { resourceType: 'Practitioner', id: 'doc', name: [{ text: 'Dr. Verma' }] },
    },
    {
      fullUrl: uuid(4),
      resource: {
        resourceType: 'MedicationRequest',
        id: 'm1',
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: { text: 'Paracetamol 500 mg' },
        subject: { reference: 'Patient/p' },
        requester: { reference: 'Practitioner/doc' },
        dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value: 1.5 } }] }],
      },
    },
    {
      fullUrl: uuid(5),
      resource: { resourceType: 'Binary', id: 'b', contentType: 'application/pdf', data: 'JVBERi0xLjcK' },
    },
    {
      fullUrl: uuid(6),
      resource: { resourceType: 'Organization', id: 'o', identifier: [hfr], name: 'District hospital' },
    },
  ] as BundleEntry[]
  const identifier = { system: 'https://h.example/documents', value: 'rx-1' }
  return {
    resourceType: 'Bundle',
    identifier,
    type: 'document',
    timestamp: '2026-11-20T10:00:00+05:30',
    entry,
    ...more,
  }
}

describe('documents', () => {
  let desk: Awaited<ReturnType<typeof openDesk>>
  let ask: Ask
  beforeEach(async () => {
    desk = await openDesk()
    ask = desk.ask
  })
  afterEach(() => desk.drop())

  async function send(bundle: Bundle | string) {
    const answer = await ask('POST ', bundle)
    expect(answer.status, answer.text).to.equal(200)
    return (answer.json as Bundle).entry ?? []
  }
  const placeOf = (entry: BundleEntry | undefined) => entry?.response?.location?.replace(/\/_history.*/, '') ?? ''
  const placesOf = (entry: BundleEntry | undefined) =>
    (entry?.response?.outcome as OperationOutcome | undefined)?.issue?.map(({ expression }) => expression?.[0])
  const read = async <T>(place: string) =>
    (await ask(`GET ${place}`, undefined, { accept: 'application/fhir+json' })).json as T
  const count = async (type: string) => (await ask(`GET ${type}?_summary=count`)).json.total as number

  it('are kept whole, as received', async () => {
    const text = JSON.stringify(prescription()).replace('1.5', '1.50')
    const whole = placeOf((await send(text))[6])
    const kept = (await ask(`GET ${whole}`)).text
    expect(kept).to.contain('"value":1.50')
    const { id: _, meta: __, ...rest } = JSON.parse(kept) as Bundle
    expect(rest).to.deep.equal(JSON.parse(text))
  })

  it('are taken apart, with every kind of reference leading to the resource here', async () => {
    const [composition, patient, practitioner, medication, binary, organization] = (await send(prescription())).map(
      placeOf,
    )
    const kept = await read<Record<string, Reference & Reference[]>>(composition ?? '')
    expect(kept['subject']?.reference).to.equal(patient)
    expect(kept['author']?.[0]?.reference).to.equal(practitioner)
    expect(kept['custodian']).to.deep.equal({ identifier: hfr, reference: organization })
    expect(JSON.stringify(kept['section'])).to.contain(`"${medication}"`).and.contain(`"${binary}"`)
    const order = await read<Record<string, Reference>>(medication ?? '')
    expect([order['subject']?.reference, order['requester']?.reference]).to.deep.equal([patient, practitioner])
    const found = (await ask(`GET MedicationRequest?patient=${patient}`)).json as Bundle
    expect(found.entry).to.have.lengthOf(1)
  })

  it('are the source in a Provenance of what was made of them', async () => {
    const entries = await send(prescription())
    const provenance = await read<Provenance>(placeOf(entries[7]))
    expect(provenance.entity?.[0]?.what?.reference).to.equal(placeOf(entries[6]))
    const targets = provenance.target?.map(({ reference }) => reference)
    expect(targets).to.deep.equal([0, 2, 3, 4].map((i) => placeOf(entries[i])))
  })

  it('are judged by the profiles they claim, each finding once, and counted for the facility', async () => {
    const bundle = prescription({
      meta: { source: 'https://facility.example/1', profile: [`${PROFILES}DocumentBundle`] },
    })
    const patient = bundle.entry?.[1]?.resource
    if (patient) patient.meta = { profile: [`${PROFILES}Patient`] }
    const entries = await send(bundle)
    const places = entries.flatMap((entry) => placesOf(entry) ?? [])
    expect(places).to.include('Bundle.entry[1].resource.identifier[0].type').and.have.lengthOf(new Set(places).size)
    const scores = await conformanceOf(desk.house, { facilities: undefined, ...ALWAYS })
    expect(scores.map(({ facility }) => facility)).to.deep.equal(['https://facility.example/1'])
    const judged = scores[0]?.days.map(({ profile, judged }) => `${profile.replace(PROFILES, '')} ${judged}`)
    expect(judged).to.include('DocumentBundle 1').and.include('Patient 1').and.include('MedicationRequest 1')
  })

  it('make nothing twice when they come twice, also at the same moment', async () => {
    const copies = await Promise.all([1, 2, 3].map(() => send(prescription())))
    const [first = [], ...others] = copies.map((entries) => entries.map(placeOf))
    for (const other of others) expect(other).to.deep.equal(first)
    for (const place of first) expect((await read<Patient>(place)).meta?.versionId, place).to.equal('1')
    for (const type of ['Patient', 'Organization', 'MedicationRequest', 'Bundle', 'Provenance']) {
      expect(await count(type), type).to.equal(1)
    }
  })

  it('replace an earlier edition, and what it held and they do not is deleted', async () => {
    const before = (await send(prescription())).map(placeOf)
    const entry = (prescription().entry ?? []).filter(({ resource }) => resource?.resourceType !== 'Binary')
    const changed = JSON.stringify({ ...prescription(), entry })
      .replace('Paracetamol 500 mg', 'Paracetamol 650 mg')
      .replace(`,{"reference":"${uuid(5)}"}`, '')
    const after = (await send(changed)).map(placeOf)
    expect(after[3]).to.equal(before[3])
    expect((await read<Patient>(after[3] ?? '')).meta?.versionId).to.equal('2')
    expect((await ask(`GET ${before[4]}`)).status).to.equal(410)
  })

  it('find people and facilities by their national numbers, and do not overwrite them', async () => {
    const known = {
      resourceType: 'Patient',
      id: 'known',
      identifier: [{ ...abha, system: 'https://healthid.abdm.gov.in' }],
      gender: 'female',
    }
    await ask('PUT Patient/known', known)
    const [, patient] = (await send(prescription())).map(placeOf)
    expect(patient).to.equal('Patient/known')
    expect((await read<Patient>('Patient/known')).gender).to.equal('female')
  })

  it('keep a Patient of their own when several here have that number', async () => {
    for (const id of ['a', 'b']) await ask(`PUT Patient/${id}`, { resourceType: 'Patient', id, identifier: [abha] })
    const [, patient] = (await send(prescription())).map(placeOf)
    expect(patient).not.to.be.oneOf(['Patient/a', 'Patient/b'])
    expect(await count('Patient')).to.equal(3)
  })

  it('find by identifier what they refer to and do not hold', async () => {
    await ask('PUT Organization/here', { resourceType: 'Organization', id: 'here', identifier: [hfr], name: 'x' })
    const entry = (prescription().entry ?? []).slice(0, 5)
    const [composition] = (await send(prescription({ entry }))).map(placeOf)
    expect((await read<{ custodian: Reference }>(composition ?? '')).custodian.reference).to.equal('Organization/here')
  })

  it('do not refer to a stranger who has the same id here', async () => {
    await ask('PUT Practitioner/doc', { resourceType: 'Practitioner', id: 'doc', name: [{ text: 'Another' }] })
    const entry = (prescription().entry ?? []).filter(({ fullUrl }) => fullUrl !== 'Practitioner/doc')
    const entries = await send(prescription({ entry }))
    const kept = await read<{ author: Reference[] }>(placeOf(entries[0]))
    expect(kept.author).to.deep.equal([{ display: 'not part of the document' }])
    expect(placesOf(entries[entry.length])).to.deep.equal([
      'Bundle.entry[0].resource.author[0]',
      'Bundle.entry[2].resource.requester',
    ])
  })

  it('are refused whole for one bad entry, with its place', async () => {
    const text = JSON.stringify(prescription()).replace('"intent":"order"', '"intent":"wish"')
    const { status, json } = await ask('POST ', text)
    expect(status).to.equal(422)
    expect((json as OperationOutcome).issue?.[0]?.expression?.[0]).to.equal('Bundle.entry[3].resource.intent')
    const bad = JSON.stringify(prescription()).replace(abha.value, '22-7225')
    const outcome = (await ask('POST ', bad)).json as OperationOutcome
    expect(outcome.issue?.map(({ expression }) => expression?.[0])).to.deep.equal([
      'Bundle.entry[1].resource.identifier[0].value',
    ])
    expect(await count('Bundle')).to.equal(0)
  })

  it('hold no Aadhaar number, whole or apart', async () => {
    const number = '234123412346'
    const text = JSON.stringify(prescription()).replaceAll('Asha Sahu', `Asha ${number}`)
    const entries = await send(text)
    const all = await Promise.all(entries.map(async (entry) => (await ask(`GET ${placeOf(entry)}`)).text))
    expect(all.join('\n')).not.to.contain(number)
    expect(all.join('\n')).to.contain('Asha XXXXXXXXXXXX')
  })

  it('without an identifier are told apart by what they say', async () => {
    const { identifier: _, ...bare } = prescription()
    const first = await send(bare)
    expect(placesOf(first[6])).to.deep.equal(['Bundle.identifier'])
    expect((await send(bare)).map(placeOf)).to.deep.equal(first.map(placeOf))
    expect(await count('MedicationRequest')).to.equal(1)
  })

  describe('$document', () => {
    it('gives back what was received', async () => {
      const [composition, , , , , , whole] = (await send(prescription())).map(placeOf)
      const answer = await ask(`GET ${composition}/$document`)
      expect(answer.text).to.equal((await ask(`GET ${whole}`)).text)
      const named = await ask(`GET Composition/$document?id=${composition}`)
      expect(named.text).to.equal(answer.text)
    })

    it('puts it together when a part was changed since, and stores that when asked to', async () => {
      const [composition, , , medication, , , whole] = (await send(prescription())).map(placeOf)
      const order = await read<{ status: string }>(medication ?? '')
      await ask(`PUT ${medication}`, { ...order, status: 'stopped' })
      const { json } = await ask(`GET ${composition}/$document`)
      const bundle = json as Bundle
      expect(bundle.type).to.equal('document')
      expect(bundle.entry?.[0]?.resource?.resourceType).to.equal('Composition')
      expect(bundle.entry).to.have.lengthOf(6)
      expect(JSON.stringify(bundle)).to.contain('"stopped"')
      expect(await count('Bundle')).to.equal(1)
      const persisted = (await ask(`POST ${composition}/$document?persist=true`)).json as Bundle
      expect(persisted.id).to.not.equal(whole?.split('/')[1])
      expect((await ask(`GET Bundle/${persisted.id}`)).status).to.equal(200)
    })

    it('puts one together for a Composition that came by itself', async () => {
      await ask('PUT Patient/p', { resourceType: 'Patient', id: 'p' })
      const { resource } = prescription().entry?.[0] ?? {}
      const composition = {
        ...resource,
        id: 'own',
        subject: { reference: 'Patient/p' },
        author: [{ display: 'x' }],
        section: [],
      }
      await ask('PUT Composition/own', { ...composition, section: undefined })
      const bundle = (await ask('GET Composition/own/$document')).json as Bundle
      expect(bundle.entry?.map(({ fullUrl }) => fullUrl?.split('/').slice(-2).join('/'))).to.deep.equal([
        'Composition/own',
        'Patient/p',
      ])
      expect((await ask('GET Composition/none/$document')).status).to.equal(404)
    })
  })

  const examples = join(
    process.env['PARCHI_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data'),
    'nrces-ndhm.in-2.0.1-examples',
  )
  for (const name of existsSync(examples) ? readdirSync(examples).filter((one) => one.startsWith('Bundle-')) : []) {
    it(`take the guide's ${name} apart, twice, and give it back`, async () => {
      const text = readFileSync(join(examples, name), 'utf8')
      const first = (await send(text)).map(placeOf)
      expect((await send(text)).map(placeOf)).to.deep.equal(first)
      expect(await count('Bundle')).to.equal(1)
      const { id: _, meta: __, ...kept } = (await ask(`GET ${first[0]}/$document`)).json as Bundle
      const { id: ___, meta: ____, ...sent } = JSON.parse(text) as Bundle
      expect(Object.keys(kept)).to.deep.equal(Object.keys(sent))
      expect(kept.entry?.length).to.equal(sent.entry?.length)
      const provenance = await read<Provenance>(first.at(-1) ?? '')
      expect(provenance.target).to.have.length.above(2)
    })
  }
})
