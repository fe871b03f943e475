import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { ALL_LABELS, LABELS, type Label } from '../../../server/fhir/privacy/labels.ts'
import { makeLabelsOf, type SensitiveRules } from '../../../server/fhir/privacy/sensitive.ts'
import { generateCity } from '../../../fixtures/city/city.ts'

interface Cases {
  codes: Record<Label, string[]>
  plainCodes: string[]
  texts: Record<Label, string[]>
  plainTexts: string[]
}

const read = (url: string) => JSON.parse(readFileSync(new URL(url, import.meta.url), 'utf8')) as unknown
const cases = read('cases.json') as Cases
const labelsOf = makeLabelsOf(read('../../../profiles/privacy/sensitive.json') as SensitiveRules)

const systems: Record<string, string> = {
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  'icd10-cm': 'http://hl7.org/fhir/sid/icd-10-cm',
  icd11: 'http://id.who.int/icd/release/11/mms',
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  atc: 'http://www.whocc.no/atc',
  opd: 'https://parchi.example/fhir/CodeSystem/opd-diagnoses',
}

function condition(code: object): number {
  return labelsOf({ resourceType: 'Condition', subject: { reference: 'Patient/p' }, code } as { resourceType: string })
}

function coded(text: string): number {
  const [name = '', code = ''] = text.split('|')
  return condition({ coding: [{ system: systems[name], code }] })
}

describe('what is sensitive', () => {
  for (const label of Object.keys(cases.codes) as Label[]) {
    it(`labels codes ${label}`, () => {
      const missed = cases.codes[label].filter((code) => (coded(code) & LABELS[label]) === 0)
      expect(missed).to.deep.equal([])
    })

    it(`labels texts ${label}, in English, Hindi and Hindi in Latin letters, whatever their case`, () => {
      const missed = cases.texts[label].filter((text) => (condition({ text }) & LABELS[label]) === 0)
      expect(missed).to.deep.equal([])
      const inside = cases.texts[label].filter(
        (text) => (condition({ text: `c/o: ${text}, since 2 d` }) & LABELS[label]) === 0,
      )
      expect(inside).to.deep.equal([])
    })
  }

  it('leaves common codes and texts alone', () => {
    expect(cases.plainCodes.filter((code) => coded(code) !== 0)).to.deep.equal([])
    expect(cases.plainTexts.filter((text) => condition({ text }) !== 0)).to.deep.equal([])
  })

  it('takes a code without a system for one of ICD-10, and those of other systems for what they are', () => {
    expect(condition({ coding: [{ code: 'B20' }] })).to.equal(LABELS.HIV)
    expect(condition({ coding: [{ system: 'https://clinic.example/codes', code: 'B20' }] })).to.equal(0)
    expect(condition({ coding: [{ system: 'http://loinc.org', code: 'B20' }] })).to.equal(0)
  })

  it('finds them wherever they stand: components, contained resources, notes, values, extensions', () => {
    const hiv = { coding: [{ system: systems['icd10'], code: 'B20' }] }
    const places: object[] = [
      { component: [{ code: hiv }] },
      { contained: [{ resourceType: 'Medication', code: { text: 'Efavirenz 600 mg' } }] },
      { note: [{ text: 'known PLHIV' }] },
      { valueCodeableConcept: hiv },
      { valueString: 'HIV reactive' },
      { extension: [{ url: 'http://x', valueCodeableConcept: hiv }] },
      { text: { status: 'generated', div: '<div>HIV positive</div>' } },
    ]
    for (const place of places) {
      expect(
        labelsOf({ resourceType: 'Observation', ...place } as { resourceType: string }),
        JSON.stringify(place),
      ).to.equal(LABELS.HIV)
    }
  })

  it('reads no names of people and places', () => {
    const performer = [{ reference: 'Practitioner/1', display: 'Dr. Suresh Rape' }]
    expect(labelsOf({ resourceType: 'Observation', performer } as { resourceType: string })).to.equal(0)
    expect(labelsOf({ resourceType: 'Patient', name: [{ text: 'Manic Rape' }] } as { resourceType: string })).to.equal(
      0,
    )
    const drug = { medicationReference: { reference: 'Medication/1', display: 'Nevirapine 200 mg' } }
    expect(labelsOf({ resourceType: 'MedicationRequest', ...drug } as { resourceType: string })).to.equal(LABELS.HIV)
  })

  it('takes the marks of the sender: restricted, very restricted and sensitivities', () => {
    const marked = (system: string, code: string, resourceType = 'Patient') =>
      labelsOf({ resourceType, meta: { security: [{ system, code }] } } as { resourceType: string })
    const level = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
    const kind = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
    expect(['R', 'V'].map((code) => marked(level, code))).to.deep.equal([LABELS.R, LABELS.R])
    expect(['U', 'L', 'M', 'N'].map((code) => marked(level, code))).to.deep.equal([0, 0, 0, 0])
    expect(['HIV', 'PSY', 'ETH', 'SUD', 'SEX', 'STD', 'SDV'].map((code) => marked(kind, code))).to.deep.equal([
      LABELS.HIV,
      LABELS.PSY,
      LABELS.PSY,
      LABELS.PSY,
      LABELS.SEX,
      LABELS.SEX,
      LABELS.SDV,
    ])
    expect(marked(kind, 'GDIS')).to.equal(LABELS.R)
    expect(marked('http://terminology.hl7.org/CodeSystem/v3-ActReason', 'HTEST')).to.equal(0)
  })

  it('labels of the generated city what it should: few records, and every depression', () => {
    let [all, labelled] = [0, 0]
    for (const { entry = [] } of generateCity({ seed: 'labels', people: 150 }).bundles()) {
      for (const { resource } of entry) {
        if (!resource) continue
        const labels = labelsOf(resource)
        expect(labels & ~ALL_LABELS).to.equal(0)
        all++
        if (labels !== 0) labelled++
        if (/"F32|"depression"/.test(JSON.stringify(resource))) expect(labels & LABELS.PSY).to.equal(LABELS.PSY)
      }
    }
    expect(all).to.be.above(500)
    expect(labelled).to.be.above(0)
    expect(labelled / all).to.be.below(0.05)
  })
})
