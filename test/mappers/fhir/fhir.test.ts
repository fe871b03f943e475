import { expect } from 'chai'
import fc from 'fast-check'
import { idOf } from '../../../mappers/build/identity.ts'
import { toJson } from '../../../server/fhir/json.ts'
import { mappingOf, recordsOf } from '../trees/mapped.ts'
import { mended, sent } from './reading.ts'

const here = (type: string, key: string) => `${type}/${idOf('some-hospital', type, key)}`
const patient = { resourceType: 'Patient', id: 'p1', name: [{ text: 'Sita' }] }
const observation = (subject: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Hb' },
  subject: { reference: subject },
  ...more,
})

describe('fhir source', () => {
  describe('ids and references', () => {
    it("gives a resource an id of the facility and keeps the sender's as an identifier", async () => {
      const { resource } = await mended({
        ...patient,
        meta: { versionId: '3', lastUpdated: '2026-05-01T10:00:00Z', security: [{ code: 'R' }] },
      })
      expect(`Patient/${resource.id}`).to.equal(here('Patient', 'p1'))
      expect(JSON.stringify(resource['identifier'])).to.contain('"p1"')
      expect(resource.meta).to.deep.equal({ security: [{ code: 'R' }], source: 'Organization/IN2210000259' })
    })

    it("tells the sender's time of the version", async () => {
      const [record] = await sent({ ...patient, meta: { lastUpdated: '2026-05-01T10:00:00Z' } })
      expect(record).to.include({
        at: '2026-05-01T10:00:00Z',
        key: 'Patient/p1',
        lane: here('Patient', 'p1'),
      })
    })

    for (const [what, fullUrl, reference] of [
      ['urn:uuid', 'urn:uuid:6a7a4a2e-5f0f-4f5c-9d43-1f7c3d0c0001', 'urn:uuid:6a7a4a2e-5f0f-4f5c-9d43-1f7c3d0c0001'],
      ['a url of the sender', 'https://his.example/fhir/Patient/p1', 'https://his.example/fhir/Patient/p1'],
      ['a url and a relative reference', 'https://his.example/fhir/Patient/p1', 'Patient/p1'],
      ['a version of it', 'https://his.example/fhir/Patient/p1', 'Patient/p1/_history/2'],
      ['Type/id as fullUrl', 'Patient/p1', 'Patient/p1'],
      ['criteria', undefined, 'Patient?identifier=urn:mrn|77'],
    ] as const) {
      it(`finds the patient in the message by ${what}`, async () => {
        const resource = { ...patient, identifier: [{ system: 'urn:mrn', value: '77' }] }
        const records = await sent({
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ resource: observation(reference) }, { fullUrl, resource }],
        })
        expect(records.map(({ key }) => key.split('/')[0])).to.deep.equal(['Patient', 'Observation'])
        expect(records[1]?.resources[0]?.resource).to.have.nested.property('subject.reference', here('Patient', 'p1'))
        expect(records[1]?.needs).to.deep.equal([])
        expect(records[1]?.lane).to.equal(records[0]?.lane)
      })
    }

    it('needs a patient that came in another message, and forgives any other absent resource', async () => {
      const [record] = await sent({
        ...observation('Patient/p9'),
        id: 'o1',
        performer: [{ reference: 'Practitioner/d1' }],
        encounter: { reference: 'https://elsewhere.example/fhir/Encounter/9' },
      })
      expect(record?.needs).to.deep.equal([here('Patient', 'p9')])
      expect(record?.resources[0]?.resource).to.have.nested.property(
        'performer[0].reference',
        here('Practitioner', 'd1'),
      )
      expect(record?.resources[0]?.resource).to.have.nested.property(
        'encounter.reference',
        'https://elsewhere.example/fhir/Encounter/9',
      )
    })

    it('refuses what speaks of a patient that the message only names by urn', async () => {
      const [record] = await sent(observation('urn:uuid:6a7a4a2e-5f0f-4f5c-9d43-1f7c3d0c0009'))
      expect(record?.state).to.equal('quarantined')
      expect(record?.issues.map(({ code }) => code)).to.deep.equal(['REF_MISSING'])
    })

    it('gives the same ids when a message is sent again under new urns', async () => {
      const bundle = (urn: string) => ({
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          { fullUrl: urn, resource: { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: '77' }] } },
          { resource: observation(urn) },
        ],
      })
      const first = await sent(bundle('urn:uuid:6a7a4a2e-5f0f-4f5c-9d43-1f7c3d0c0001'))
      const again = await sent(bundle('urn:uuid:6a7a4a2e-5f0f-4f5c-9d43-1f7c3d0c0002'))
      expect(again.map(({ resources }) => resources)).to.deep.equal(first.map(({ resources }) => resources))
    })

    it('leaves contained resources and their references alone', async () => {
      const contained = [{ resourceType: 'Practitioner', id: 'd', name: [{ text: 'Dr. Rao' }] }]
      const { resource } = await mended({
        ...observation('Patient/p1'),
        id: 'o',
        contained,
        performer: [{ reference: '#d' }],
      })
      expect(resource).to.deep.include({ contained, performer: [{ reference: '#d' }] })
    })

    it('keeps the digits of decimals', async () => {
      const [record] = await sent(
        '{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":"1.10"},"component":[{"code":{"text":"y"},"valueQuantity":{"value":2.50}}]}',
      )
      const [made] = record?.resources ?? []
      const json = toJson({ value: made?.resource, exact: made?.exact ?? [] })
      expect(json).to.contain('"value":1.10').and.to.contain('"value":2.50')
    })

    it('takes deletions back', async () => {
      const [record] = await sent({
        resourceType: 'Bundle',
        type: 'history',
        entry: [{ request: { method: 'DELETE', url: 'Observation/o1' } }],
      })
      expect(record).to.deep.include({ removes: [here('Observation', 'o1')], resources: [], state: 'mapped' })
    })
  })

  describe('forms', () => {
    const keys = async (text: string) => (await sent(text)).map(({ key, state }) => `${state} ${key}`)

    it('takes NDJSON, lists, single resources and Bundles of any type', async () => {
      const [a, b] = [JSON.stringify(patient), JSON.stringify({ ...patient, id: 'p2' })]
      const both = ['mapped Patient/p1', 'mapped Patient/p2']
      expect(await keys(`${a}\n${b}\n`)).to.deep.equal(both)
      expect(await keys(`[${a},${b}]`)).to.deep.equal(both)
      expect(await keys(a)).to.deep.equal(both.slice(0, 1))
      for (const type of ['searchset', 'collection', 'batch', 'message']) {
        expect(
          await keys(`{"resourceType":"Bundle","type":"${type}","entry":[{"resource":${a}},{"resource":${b}}]}`),
        ).to.deep.equal(both)
      }
    })

    it('needs a patient of NDJSON only until the file has brought it', async () => {
      const lines = [{ ...observation('Patient/p1'), id: 'o1' }, patient, { ...observation('Patient/p1'), id: 'o2' }]
      const records = await sent(lines.map((one) => JSON.stringify(one)).join('\n'))
      expect(records.map(({ needs }) => needs)).to.deep.equal([[here('Patient', 'p1')], [], []])
    })

    it('quarantines only the line that is broken', async () => {
      expect(await keys(`${JSON.stringify(patient)}\n{"resourceType":"Patient",\n{"a":1}`)).to.deep.equal([
        'mapped Patient/p1',
        'quarantined ',
        'quarantined ',
      ])
    })

    it('posts a document whole', async () => {
      const document = {
        resourceType: 'Bundle',
        id: 'b1',
        type: 'document',
        identifier: { system: 'urn:x', value: '9' },
        timestamp: '2026-05-01T10:00:00+05:30',
        entry: [
          { fullUrl: 'Composition/c', resource: { resourceType: 'Composition', id: 'c' } },
          { resource: patient },
        ],
      }
      const records = await recordsOf(mappingOf('abdm-document'), JSON.stringify(document))
      expect(records).to.have.length(1)
      expect(records[0]).to.include({
        key: 'Bundle/urn:x|9',
        at: document.timestamp,
        lane: here('Patient', 'p1'),
      })
      expect(records[0]?.resources).to.deep.equal([{ resource: document, exact: [], how: 'document' }])
    })
  })

  describe('property', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom('2024-1-5', 'Patient/p1', '1.10', 'F', 'urn:uuid:1'),
        tie('object'),
        fc.array(tie('any'), { maxLength: 3 }),
      ),
      object: fc.dictionary(
        fc.constantFrom(
          'id',
          'name',
          'code',
          'coding',
          'status',
          'subject',
          'reference',
          'contained',
          'resourceType',
          'identifier',
          'value',
          'system',
          'meta',
          'dosage',
          'related',
          'text',
          '_status',
          'extension',
          'entry',
          'resource',
        ),
        tie('any'),
        { maxKeys: 6 },
      ),
    }))

    it('no shape of a resource brings it down', async () => {
      const type = fc.constantFrom(
        'Patient',
        'Observation',
        'Condition',
        'MedicationStatement',
        'ProcedureRequest',
        'Immunization',
        'Bundle',
        'DocumentReference',
        'MedicationOrder',
        'patient',
        'Nothing',
      )
      const mappings = [mappingOf('fhir-r4'), mappingOf('fhir-stu3')]
      await fc.assert(
        fc.asyncProperty(type, value.object, async (resourceType, content) => {
          for (const mapping of mappings) {
            for (const record of await recordsOf(mapping, JSON.stringify({ ...(content as object), resourceType }))) {
              expect(record.issues.map(({ code }) => code)).not.to.include('RECORD_FAILED')
            }
          }
        }),
        { numRuns: 300 },
      )
    })
  })
})
