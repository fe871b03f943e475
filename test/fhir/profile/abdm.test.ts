import { expect } from 'chai'
import { claims } from '../../../server/fhir/profile/examine.ts'
import { validator } from '../validate/definitions.ts'
import { thirdParty } from '../validate/data.ts'
import { mutationsOf } from '../validate/mutate.ts'
import { definitions } from '../validate/definitions.ts'
import { abdmPackage, profileMutations } from './abdm.ts'
import { examinerOf } from './shop.ts'

/**
 * What the guide's own examples break of the guide's own profiles, and the sentence of the guide: every other example
 * keeps to them. Information (value sets that draw on SNOMED CT, which is not here) is left out.
 */
const expected: Readonly<Record<string, readonly [finding: string, reason: string][]>> = {
  'Bundle-Prescription-example-06': [
    ['warning profile Bundle.entry[0].resource', 'It claims a profile by a url that the guide does not define.'],
  ],
  'Observation-example-15': [
    [
      'error target Observation.performer[0].reference',
      'performer is Reference(CareTeam | … | Patient); it says Practi/1',
    ],
  ],
  'Observation-example-17': [
    [
      'error target Observation.performer[0].reference',
      'performer is Reference(CareTeam | … | Patient); it says Practi/1',
    ],
  ],
  'Observation-example-19': [
    [
      'error target Observation.performer[0].reference',
      'performer is Reference(CareTeam | … | Patient); it says Practi/1',
    ],
  ],
  'Observation-example-27': [
    ['warning binding Observation.code', 'code is bound, extensible, to four SNOMED CT codes; it has a LOINC code'],
  ],
}

describe("India's ABDM guide", function () {
  this.timeout(180_000)
  const library = abdmPackage()
  const examples = thirdParty('nrces-ndhm.in-2.0.1-examples')

  it('has 35 examples that keep to its 37 profiles, but for these findings', function () {
    if (!library || !examples) return this.skip()
    const examine = examinerOf(library)
    expect(examples.length).to.equal(35)
    const found: Record<string, string[]> = {}
    for (const { file, json } of examples) {
      expect(validator.validate(json), file).to.deep.equal([])
      const told = examine(json, { extensions: true }).filter(({ severity }) => severity !== 'information')
      if (told.length > 0) found[file] = told.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`)
    }
    const table = Object.entries(expected).map(([file, rows]) => [file, rows.map(([finding]) => finding)])
    expect(found).to.deep.equal(Object.fromEntries(table))
    return undefined
  })

  it('has profiles that all compile', function () {
    if (!library) return this.skip()
    const examine = examinerOf(library)
    for (const url of library.profiles) {
      const resourceType = library.profile(url)?.type
      const told = examine({ resourceType }, { profiles: [url] })
      expect(
        told.filter(({ rule }) => rule === 'profile' || rule === 'type'),
        url,
      ).to.deep.equal([])
    }
    return undefined
  })

  it('has at least 98 of 100 faults found in their place, in each profile that an example claims', function () {
    if (!library || !examples) return this.skip()
    const examine = examinerOf(library)
    const tally = new Map<string, { tried: number; caught: number; missed: string[] }>()
    const parts = examples.flatMap(({ json }) => resourcesIn(json as Json))
    const given = new Map<string, number>()
    for (const part of parts) {
      const [url = ''] = claims(part)
      const definition = library.profile(url)
      if (!definition || part['resourceType'] === 'Bundle' || (given.get(url) ?? 0) >= 1) continue
      given.set(url, (given.get(url) ?? 0) + 1)
      const row = tally.get(url) ?? { tried: 0, caught: 0, missed: [] }
      tally.set(url, row)
      const text = JSON.stringify(part)
      const before = new Set(told(part).map(keyOf))
      const count = profileMutations(part, definition).length + mutationsOf(part, definitions).length
      for (let i = 0; i < count; i++) {
        const fresh = JSON.parse(text) as Json
        const own = profileMutations(fresh, definition)
        const base = mutationsOf(fresh, definitions).map((one) => ({ ...one, paths: [one.path] }))
        const mutation = [...own, ...base][i]
        if (!mutation) throw new Error('a mutation is missing')
        mutation.apply()
        const paths = told(fresh)
          .filter((one) => !before.has(keyOf(one)))
          .map(({ path }) => path)
        row.tried++
        if (paths.some((path) => path !== undefined && mutation.paths.includes(path))) row.caught++
        else row.missed.push(`${mutation.kind} ${mutation.paths.join(' or ')}: told at ${paths.join(', ') || 'none'}`)
      }
    }
    expect(tally.size).to.be.greaterThan(20)
    for (const [url, { tried, caught, missed }] of tally) {
      expect(caught / tried, `${url}\n${missed.slice(0, 10).join('\n')}`).to.be.at.least(0.98)
    }
    return undefined

    function told(resource: unknown) {
      return [...validator.validate(resource), ...examine(resource)].filter(({ severity }) => severity === 'error')
    }
  })
})

type Json = Record<string, unknown>

function keyOf({ path, message }: { path?: string; message: string }): string {
  return `${path} ${message}`
}

function resourcesIn(resource: Json): Json[] {
  const { entry } = resource as { entry?: { resource?: Json }[] }
  return [resource, ...(entry ?? []).flatMap((one) => (one.resource ? [one.resource] : []))]
}
