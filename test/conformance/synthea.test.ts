import { expect } from 'chai'
import type { Bundle, BundleEntry } from '@medplum/fhirtypes'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder, hasData } from '../fhir/data.ts'
import { startServer, type TestServer } from '../http/server.ts'

/**
 * Whole patients by another project's generator: every bundle loads, and `$everything` gives back exactly what was sent
 * for that patient. What a bundle holds beside the patient's own resources (a Provenance of all, say) may come or not,
 * and what the record refers to comes too.
 */
describe('Synthea bundles', function () {
  this.timeout(120_000)
  for (const folder of ['synthea-r4-smart', 'synthea-r4-conditional-refs']) {
    describe(folder, () => {
      let server: TestServer
      before(async function () {
        if (!hasData(folder)) return this.skip()
        server = await startServer()
        for (const name of filesOf(folder).filter(isInfo)) await push(server, read(folder, name))
      })
      after(() => server?.stop())

      it('come back whole from $everything, id by id', async () => {
        let compared = 0
        for (const name of filesOf(folder).filter((each) => !isInfo(each))) {
          const bundle = read(folder, name)
          const reply = await push(server, bundle)
          const sent = (bundle.entry ?? []).map((entry, i) => ({ entry, key: keyOf(reply.entry?.[i]) }))
          const patient = sent.find(({ entry }) => entry.resource?.resourceType === 'Patient')?.key ?? ''
          const got = await everything(server, patient)
          const own = sent.filter(({ entry }) => inCompartment(entry)).map(({ key }) => key)
          expect(new Set(got).size, `${name}: nothing twice`).to.equal(got.length)
          expect(
            own.filter((key) => !got.includes(key)),
            `${name}: nothing missing`,
          ).to.deep.equal([])
          const others = got.filter((key) => !sent.some((each) => each.key === key))
          expect(
            others.filter((key) => !REFERRED.test(key)),
            `${name}: nothing strange`,
          ).to.deep.equal([])
          compared += own.length
        }
        expect(compared).to.be.greaterThan(1000)
        console.log(`        ${compared} resources compared`)
      })
    })
  }
})

/** What a record refers to outside the patient's compartment. */
const REFERRED = /^(Practitioner|PractitionerRole|Organization|Location|Medication|Device|HealthcareService)\//
/** Types that Synthea puts into a patient's bundle but R4's Patient compartment does not hold. */
const OUTSIDE = new Set(['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication', 'Device'])

function inCompartment({ resource }: BundleEntry): boolean {
  return resource !== undefined && !OUTSIDE.has(resource.resourceType)
}

function filesOf(folder: string): string[] {
  return readdirSync(join(dataFolder, folder))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
}

function isInfo(name: string): boolean {
  return /^(hospital|practitioner)Information/.test(name)
}

function read(folder: string, name: string): Bundle {
  return JSON.parse(readFileSync(join(dataFolder, folder, name), 'utf8')) as Bundle
}

function keyOf(entry: BundleEntry | undefined): string {
  return (entry?.response?.location ?? '').replace(/\/_history\/.*/, '').replace(/^.*\/fhir\//, '')
}

async function push(server: TestServer, bundle: Bundle): Promise<Bundle> {
  const reply = await fetch(server.base, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(bundle),
  })
  const text = await reply.text()
  expect(reply.status, text.slice(0, 2000)).to.equal(200)
  return JSON.parse(text) as Bundle
}

async function everything(server: TestServer, patient: string): Promise<string[]> {
  const keys: string[] = []
  let next: string | undefined = `${server.base}/${patient}/$everything?_count=200`
  while (next) {
    const reply = await fetch(next)
    expect(reply.status).to.equal(200)
    const page = (await reply.json()) as Bundle
    for (const { resource } of page.entry ?? []) keys.push(`${resource?.resourceType}/${resource?.id}`)
    next = page.link?.find(({ relation }) => relation === 'next')?.url
  }
  return keys
}
