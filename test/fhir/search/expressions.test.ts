import { join } from 'node:path'
import type { Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { compile } from '../../../server/fhir/path/compile.ts'
import { typeNamed } from '../../../server/fhir/path/model.ts'
import { makeExtract } from '../../../server/fhir/search/extract.ts'
import { pointsAt } from '../../../server/fhir/search/references.ts'
import { routesOf } from '../../../server/fhir/search/routes.ts'
import { Spot, walk } from '../../../server/fhir/search/spots.ts'
import { dataFolder, hasData, resourcesIn } from '../data.ts'
import { fixtures } from '../path/fixtures.ts'
import { compartment, registry } from './definitions.ts'

const examples = hasData('hl7-r4-examples') ? resourcesIn(join(dataFolder, 'hl7-r4-examples'), 200_000) : []
const resources = [...fixtures, ...examples] as unknown as Resource[]

/** The FHIRPath engine itself is compared with fhirpath.js in test/fhir/path. */
describe('Routes', () => {
  it('lead to the values that the FHIRPath of every search parameter has', () => {
    const different: string[] = []
    for (const resource of resources) {
      for (const parameter of registry.of(resource.resourceType)) {
        const routes = routesOf(parameter.expression, typeNamed(parameter.base))
        if (!routes) continue
        const found: unknown[] = []
        for (const route of routes) {
          const { target } = route
          const spot = new Spot<unknown[]>()
          spot.add(route, (value, into) => {
            if (target === undefined || pointsAt(value, target)) into.push(value)
          })
          walk(spot, resource, found)
        }
        // Contained resources cannot be found by, so a reference to one leads nowhere.
        const expected = compile(parameter.expression)(resource).filter(
          (value) => !routes[0]?.target || pointsAt(value, routes[0].target),
        )
        // Unions leave out what is equal.
        const texts = (values: unknown[]) => [...new Set(values.map((value) => JSON.stringify(value)))].sort()
        if (JSON.stringify(texts(found)) !== JSON.stringify(texts(expected))) {
          different.push(`${resource.resourceType}/${resource.id} ${parameter.code}`)
        }
      }
    }
    expect(different).to.deep.equal([])
  })

  it('mark a parameter as present where its FHIRPath has a value', () => {
    const extract = makeExtract(registry, { compartment })
    const different: string[] = []
    for (const resource of resources) {
      const { present } = extract(resource)
      for (const parameter of registry.of(resource.resourceType)) {
        if (parameter.type === 'composite') continue
        const marked = (((present[parameter.ordinal >> 3] ?? 0) >> (parameter.ordinal & 7)) & 1) === 1
        let values = compile(parameter.expression)(resource)
        const narrowed = parameter.same?.[0]?.targetType
        if (narrowed) values = values.filter((value) => pointsAt(value, narrowed))
        if (marked !== values.length > 0) different.push(`${resource.resourceType}/${resource.id} ${parameter.code}`)
      }
    }
    expect(different).to.deep.equal([])
  })
})
