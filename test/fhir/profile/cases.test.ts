import type { ElementDefinition, StructureDefinition, ValueSet } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { validator } from '../validate/definitions.ts'
import { examinerOf, sourceOf } from './shop.ts'

/** A profile by its differential, and what it finds in resources: `severity rule path`. */
interface CaseFile {
  title: string
  type: string
  elements: ElementDefinition[]
  others?: (Partial<StructureDefinition> | ValueSet)[]
  cases: { title: string; resource: Record<string, unknown>; findings: string[] }[]
}

const folder = new URL('cases/', import.meta.url)

describe('Profiles', () => {
  for (const name of readdirSync(folder)) {
    const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CaseFile
    const url = `http://example.org/StructureDefinition/${name.replace('.json', '')}`
    const own = profileOf(url, file.type, file.elements)
    const examine = examinerOf(sourceOf([own, ...(file.others ?? []).map(completed)]))
    describe(file.title, () => {
      for (const { title, resource, findings } of file.cases) {
        it(title, () => {
          expect(validator.validate(resource), 'base R4').to.deep.equal([])
          const found = examine(resource, { profiles: [url], extensions: true })
          expect(found.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`)).to.deep.equal(findings)
        })
      }
    })
  }
})

function profileOf(url: string, type: string, element: ElementDefinition[]): StructureDefinition {
  return {
    resourceType: 'StructureDefinition',
    url,
    name: 'Case',
    status: 'active',
    kind: 'resource',
    abstract: false,
    type,
    derivation: 'constraint',
    baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
    differential: { element },
  }
}

function completed(one: Partial<StructureDefinition> | ValueSet): StructureDefinition | ValueSet {
  if (one.resourceType === 'ValueSet') return one
  const profile = one as StructureDefinition
  return { ...profileOf(profile.url, profile.type, []), ...profile }
}
