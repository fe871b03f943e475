import { expect } from 'chai'
import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileStop } from '../../../mappers/issues.ts'
import { validator } from '../../fhir/validate/definitions.ts'
import { dataFolder, hasData } from '../../fhir/data.ts'
import { at, mappingOf, ofType, recordsOf, resourcesOf } from '../trees/mapped.ts'
import { bundleIn, factsOf } from './compare.ts'

const document = readFileSync(join(import.meta.dirname, 'document.xml'), 'utf8')

describe('C-CDA', () => {
  const mapping = mappingOf('ccda-base')
  const made = async (text: string) => {
    const [record] = await recordsOf(mapping, text)
    return record ? resourcesOf(mapping, record) : []
  }

  describe('a document', () => {
    let all: Awaited<ReturnType<typeof made>>
    before(async () => {
      all = await made(document)
    })

    it('gives its patient with all that the header tells', () => {
      const [patient] = ofType(all, 'Patient')
      expect(patient?.name?.[0]).to.deep.include({ family: 'Verma', given: ['Sita', 'Bai'], prefix: ['Smt.'] })
      expect(patient).to.deep.include({ gender: 'female', birthDate: '1989-04' })
      expect(patient?.identifier?.map(({ system, value }) => `${system}|${value}`)).to.include.members([
        'urn:oid:1.2.356.10000.7|MR-1001',
        'urn:oid:1.2.356.10000.9|OLD-5',
      ])
      expect(patient?.telecom?.map(({ system, value }) => `${system} ${value}`)).to.deep.equal([
        'phone +919827112345',
        'email sita@example.in',
      ])
      expect(patient?.address?.[0]).to.deep.include({ city: 'Raipur', postalCode: '492001', line: ['12, Civil Lines'] })
      expect(at(patient, 'communication.0.language.coding.0.code')).to.equal('hi')
      expect(at(patient, 'contact.0.name.text')).to.equal('Mohan Verma')
    })

    it('gives the encounter it is about', () => {
      const [encounter] = ofType(all, 'Encounter')
      expect(encounter?.class.code).to.equal('IMP')
      expect(encounter?.period).to.deep.equal({ start: '2026-06-10', end: '2026-06-12T12:00:00+05:30' })
    })

    it('reads references into the narrative', () => {
      const [allergy] = ofType(all, 'AllergyIntolerance')
      expect(allergy?.code?.text).to.equal('Penicillin')
      expect(allergy).to.deep.include({ category: ['medication'], type: 'allergy', onsetDateTime: '2020' })
      expect(at(allergy, 'clinicalStatus.coding.0.code')).to.equal('active')
      expect(at(allergy, 'reaction.0.manifestation.0.coding.0.code')).to.equal('247472004')
    })

    it('takes no placeholder and no negated statement for a fact', () => {
      expect(ofType(all, 'Condition')).to.deep.equal([])
      expect(ofType(all, 'MedicationRequest')).to.have.length(1)
    })

    it('reads how a medicine is taken', () => {
      const [request] = ofType(all, 'MedicationRequest')
      const [dosage] = request?.dosageInstruction ?? []
      expect(dosage?.text).to.equal('Take one tablet twice a day\nafter food')
      expect(dosage?.timing?.repeat).to.deep.include({ frequency: 2, period: 1, periodUnit: 'd' })
      expect(at(dosage, 'doseAndRate.0.doseQuantity.value')).to.equal(1)
      expect(request?.medicationCodeableConcept?.text).to.equal('Tab. Amlodipine 5 mg')
      expect(at(request, 'medicationCodeableConcept.coding.0.code')).to.equal('308135')
    })

    it('keeps results apart that were sent under one id, with ranges, flags and comparators', () => {
      const results = ofType(all, 'Observation')
      expect(results.map(({ code }) => code.coding?.[0]?.code)).to.have.members(['718-7', '30313-1'])
      const hb = results.find(({ code }) => code.coding?.[0]?.code === '718-7')
      expect(hb?.valueQuantity).to.deep.include({ value: 10.2, unit: 'g/dL', code: 'g/dL' })
      expect(hb?.effectiveDateTime).to.equal('2026-06-11T10:15:00+05:30')
      expect(at(hb, 'referenceRange.0.low.value')).to.equal(12)
      expect(at(hb, 'interpretation.0.coding.0.code')).to.equal('L')
      expect(results.find((one) => one !== hb)?.valueQuantity).to.deep.include({ comparator: '<', value: 5 })
      expect(ofType(all, 'DiagnosticReport')[0]?.result).to.have.length(2)
    })

    it('keeps the document itself', () => {
      const [reference] = ofType(all, 'DocumentReference')
      const [content] = reference?.content ?? []
      expect(Buffer.from(content?.attachment.data ?? '', 'base64').toString()).to.contain('<ClinicalDocument')
      expect(reference?.description).to.equal('Discharge Summary')
    })

    it('is valid R4 throughout', () => {
      for (const resource of all) expect(validator.validate(resource), resource.resourceType).to.deep.equal([])
    })
  })

  it('keeps the PDF of an unstructured document', async () => {
    const pdf = Buffer.from('%PDF-1.4 …').toString('base64')
    const body = `<component><nonXMLBody><text mediaType="application/pdf" representation="B64">\n${pdf}\n</text></nonXMLBody></component>`
    const all = await made(document.replace(/<component><structuredBody>[\s\S]*<\/structuredBody><\/component>/, body))
    const contents = ofType(all, 'DocumentReference').flatMap(({ content }) => content)
    expect(contents.map(({ attachment }) => attachment.contentType)).to.deep.equal(['text/xml', 'application/pdf'])
    expect(contents[1]?.attachment.data).to.equal(pdf)
  })

  it('has one outcome for what is a part of a document only, or no XML', async () => {
    for (const text of [
      '<section xmlns="urn:hl7-org:v3"/>',
      '<ClinicalDocument xmlns="urn:hl7-org:v3"/>',
      '<section><x></section>',
    ]) {
      const records = await recordsOf(mapping, text)
      expect(records.map(({ state, issues }) => `${state} ${issues[0]?.code}`)).to.deep.equal([
        'quarantined FILE_FORMAT',
      ])
    }
  })

  it('is not brought down by any change to a document', async () => {
    const change = fc.tuple(
      fc.nat(document.length - 1),
      fc.constantFrom('', '<', '>', '"', '&', 'x', '0', ' ', 'nullFlavor="UNK"'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let text = document
        for (const [place, put] of changes) text = text.slice(0, place) + put + text.slice(place + 1)
        try {
          for (const record of await recordsOf(mapping, text)) {
            expect(record.issues.map(({ code }) => code)).not.to.include('RECORD_FAILED')
            resourcesOf(mapping, record)
          }
        } catch (error) {
          expect(error).to.be.instanceOf(FileStop)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('takes every example of HL7: whole documents with their patients, parts refused', async function () {
    if (!hasData('hl7-ccda-examples')) return this.skip()
    const folder = join(dataFolder, 'hl7-ccda-examples')
    const outcomes = { document: 0, part: 0 }
    for (const name of readdirSync(folder, { recursive: true }) as string[]) {
      if (!name.endsWith('.xml')) continue
      const bytes = readFileSync(join(folder, name))
      const [record, ...more] = await recordsOf(mapping, [bytes])
      expect(more, name).to.deep.equal([])
      if (record?.state === 'mapped') {
        outcomes.document++
        expect(ofType(resourcesOf(mapping, record), 'Patient'), name).to.have.length(1)
      } else {
        outcomes.part++
        expect(
          record?.issues.map(({ code }) => code),
          name,
        ).to.deep.equal(['FILE_FORMAT'])
        expect(/<ClinicalDocument/.test(bytes.toString()) && /<recordTarget/.test(bytes.toString()), name).to.equal(
          false,
        )
      }
    }
    expect(outcomes.document).to.be.above(15)
    expect(outcomes.part).to.be.above(100)
  })

  it('says what another converter says in at least 95 % of the facts', async function () {
    if (!hasData('ms-converter-ccda')) return this.skip()
    const folder = join(dataFolder, 'ms-converter-ccda')
    let [same, all] = [0, 0]
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.ccda'))) {
      const ours = factsOf(await made(readFileSync(join(folder, name), 'utf8')), true)
      const theirs = factsOf(bundleIn(readFileSync(join(folder, name.replace('.ccda', '-expected.json')), 'utf8')))
      for (const fact of theirs) if (ours.has(fact)) same++
      all += theirs.size
    }
    expect(same / all).to.be.at.least(0.95)
  })
})
