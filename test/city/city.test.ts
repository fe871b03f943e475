import type { Bundle, Patient, Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { generateCity, type City } from '../../fixtures/city/city.ts'
import { luhn, verhoeff } from '../../fixtures/city/identifiers.ts'

describe('fixtures/city', () => {
  const city = generateCity()
  const bundles = [...city.bundles()]
  const resources = bundles.flatMap(resourcesOf)
  const byAddress = new Map(resources.map((resource) => [addressOf(resource), resource]))

  it('has 20 government and 150 private facilities, each with an id and a name of its own', () => {
    expect(city.facilities.filter(({ government }) => government)).to.have.length(20)
    expect(city.facilities).to.have.length(170)
    expect(new Set(city.facilities.map(({ hfr }) => hfr)).size).to.equal(170)
    expect(new Set(city.facilities.map(({ name }) => name)).size).to.equal(170)
    for (const { hfr } of city.facilities) expect(hfr).to.match(/^IN22\d{8}$/)
  })

  it('gives the same bytes for the same seed, also a second time from the same city', () => {
    expect(digest(generateCity())).to.equal(digest(city))
    expect(digest(city)).to.equal(digest(city))
  })

  it('gives other bytes for another seed', () => {
    expect(digest(generateCity({ seed: 'durg' }))).not.to.equal(digest(city))
  })

  it('keeps its first households when it grows', () => {
    const [small, large] = [generateCity({ people: 40 }), generateCity({ people: 120 })]
    expect(large.households.slice(0, small.households.length)).to.deep.equal(small.households)
  })

  it('is of the size that was asked for', () => {
    expect(city.persons.length).to.be.within(300, 308)
    const counts = city.counts()
    expect([...counts.values()].reduce((sum, n) => sum + n, 0)).to.equal(resources.length)
    expect(counts.get('Encounter')).to.be.within(300, 1200)
    for (const type of kinds) expect(counts.get(type), type).to.be.above(0)
  })

  it('uses no id twice', () => {
    expect(byAddress.size).to.equal(resources.length)
    for (const { id } of resources) expect(id).to.match(/^[A-Za-z0-9\-.]{1,64}$/)
  })

  it('leaves no reference without its target', () => {
    for (const resource of resources)
      for (const reference of referencesIn(resource))
        expect(byAddress.has(reference), `${addressOf(resource)} → ${reference}`).to.equal(true)
  })

  it('refers to nothing of another patient', () => {
    for (const bundle of bundles.slice(1, -1)) {
      const patients = resourcesOf(bundle)
        .flatMap(referencesIn)
        .filter((reference) => reference.startsWith('Patient/'))
      expect(new Set(patients).size).to.be.at.most(1)
    }
  })

  it('has no number that could pass for an Aadhaar number', () => {
    for (const [run] of JSON.stringify(bundles).matchAll(/(?<!\d)[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}(?!\d)/g))
      expect(verhoeff(run.replace(/\D/g, '')), run).to.equal(false)
  })

  it('gives ABHA numbers that pass Luhn, and mobiles of a series nobody has', () => {
    for (const { abha, mobile } of city.persons) {
      if (abha) expect(luhn(abha.replaceAll('-', '').slice(0, 13))).to.equal(Number(abha.at(-1)))
      if (mobile) expect(mobile).to.match(/^\+9161\d{8}$/)
    }
  })

  it('shares mobiles within households of one to eight, and never between two', () => {
    const owner = new Map<string, number>()
    for (const { number, members, mobiles } of city.households) {
      expect(members.length).to.be.within(1, 8)
      for (const mobile of mobiles) expect(owner.get(mobile) ?? number).to.equal(number)
      for (const mobile of mobiles) owner.set(mobile, number)
    }
    expect(city.households.some(({ members, mobiles }) => mobiles.length === 1 && members.length > 4)).to.equal(true)
  })

  it('knows which Patients are one person', () => {
    const patients = resources.filter((resource): resource is Patient => resource.resourceType === 'Patient')
    expect([...city.samePerson.values()].flat()).to.have.members(patients.map(({ id }) => id))
    expect([...city.samePerson.values()].some((ids) => ids.length > 2)).to.equal(true)
  })

  it('writes names in both scripts, and birth dates that are only a year', () => {
    const patients = resources.filter((resource): resource is Patient => resource.resourceType === 'Patient')
    const texts = patients.flatMap(({ name }) => name?.map(({ text }) => text ?? '') ?? [])
    expect(texts.filter((text) => /[\u0900-\u097f]/.test(text)).length).to.be.above(50)
    expect(texts.filter((text) => /^[A-Za-z. /]+$/.test(text)).length).to.be.above(50)
    expect(patients.filter(({ birthDate }) => birthDate?.length === 4).length).to.be.above(50)
  })

  it('lets nothing happen before a birth or after today, and ends nothing before it began', () => {
    const born = new Map(
      city.lives.flatMap(({ person, registrations }) =>
        registrations.map(({ patient }) => [`Patient/${patient.id}`, person.birthDate]),
      ),
    )
    for (const resource of resources) {
      if (resource.resourceType !== 'Encounter') continue
      const { start = '', end = start } = resource.period ?? {}
      expect(start.slice(0, 10) > born.get(resource.subject?.reference ?? '')!, addressOf(resource)).to.equal(true)
      expect(start < '2026-11-22' && end < '2026-11-22' && end >= start, addressOf(resource)).to.equal(true)
    }
  })

  it('gives each token of a department, day and session once', () => {
    const tokens = resources.flatMap((resource) =>
      resource.resourceType === 'Encounter' ? (resource.identifier ?? []) : [],
    )
    const keys = tokens
      .filter(({ system }) => system?.endsWith('/token'))
      .map(({ system, value }) => `${system}|${value}`)
    expect(new Set(keys).size).to.equal(keys.length)
  })

  it('can be sent as hospitals send: urn:uuid, ifNoneExist and conditional references', () => {
    const [, second] = [...generateCity({ people: 5, style: 'conditional' }).bundles()]
    const urls = new Set(second?.entry?.map(({ fullUrl }) => fullUrl))
    for (const { fullUrl, request } of second?.entry ?? []) {
      expect(fullUrl).to.match(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(request?.ifNoneExist).to.match(/^identifier=https:.*\|/)
    }
    for (const reference of referencesIn(second))
      expect(urls.has(reference) || /^[A-Z]\w+\?identifier=/.test(reference), reference).to.equal(true)
  })
})

const kinds = [
  'Organization',
  'Location',
  'HealthcareService',
  'Practitioner',
  'PractitionerRole',
  'Schedule',
  'Slot',
  'Patient',
  'Encounter',
  'Condition',
  'Observation',
  'MedicationRequest',
  'ServiceRequest',
  'DiagnosticReport',
  'Procedure',
  'Immunization',
  'AllergyIntolerance',
  'Appointment',
]

function resourcesOf(bundle: Bundle): Resource[] {
  return bundle.entry?.flatMap(({ resource }) => resource ?? []) ?? []
}

function addressOf({ resourceType, id }: Resource): string {
  return `${resourceType}/${id}`
}

function digest(city: City): string {
  const hash = createHash('sha256')
  for (const bundle of city.bundles()) hash.update(JSON.stringify(bundle))
  return hash.digest('hex')
}

function referencesIn(value: unknown): string[] {
  return [...JSON.stringify(value ?? null).matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => reference!)
}
