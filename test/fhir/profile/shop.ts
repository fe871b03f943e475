import type { StructureDefinition, ValueSet } from '@medplum/fhirtypes'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coreLibrary } from '../../../server/fhir/profile/core.ts'
import { examine, type Examination } from '../../../server/fhir/profile/examine.ts'
import { makePlans } from '../../../server/fhir/profile/plans.ts'
import { sources, type ProfileSource } from '../../../server/fhir/profile/source.ts'
import type { Finding } from '../../../server/fhir/profile/types.ts'
import { makeShapes } from '../../../server/fhir/validate/shapes.ts'
import { definitions } from '../validate/definitions.ts'

export const cache = join(tmpdir(), 'parchi-test-definitions')
export const shapes = makeShapes(definitions)
export const core = coreLibrary(cache, definitions.version)

const r4: ProfileSource = {
  profile: () => undefined,
  valueSet: (url) => definitions.valueSet(url),
  codeSystem: (url) => definitions.codeSystem(url),
}

/** What judges by these definitions, over those of R4. */
export function examinerOf(own: ProfileSource): (resource: unknown, examination?: Examination) => Finding[] {
  const shop = makePlans(definitions, sources([own, core, r4]))
  return (resource, examination) => examine(resource, shop, shapes, examination)
}

export function sourceOf(all: readonly (StructureDefinition | ValueSet)[]): ProfileSource {
  const byUrl = new Map(all.map((one) => [one.url, one]))
  const find = <T>(url: string, type: string): T | undefined => {
    const found = byUrl.get(url.split('|')[0] ?? url)
    return found?.resourceType === type ? (found as T) : undefined
  }
  return {
    profile: (url) => find(url, 'StructureDefinition'),
    valueSet: (url) => find(url, 'ValueSet'),
    codeSystem: () => undefined,
  }
}
