import { PathError } from './ast.ts'
import { type Collection, EMPTY } from './node.ts'
import type { Step } from './scope.ts'

const constants: ReadonlyMap<string, Collection> = new Map([
  ['ucum', ['http://unitsofmeasure.org']],
  ['sct', ['http://snomed.info/sct']],
  ['loinc', ['http://loinc.org']],
])

/** `%name` (http://hl7.org/fhirpath/N1/#environment-variables and https://hl7.org/fhir/R4/fhirpath.html#variables). */
export function variable(name: string): Step {
  const constant = constants.get(name)
  if (constant) return () => constant
  if (name === 'context') return (scope) => scope.root.context
  if (name === 'resource') return (scope) => scope.root.resource
  if (name === 'rootResource') return (scope) => scope.root.rootResource
  if (name.startsWith('vs-')) return () => [`http://hl7.org/fhir/ValueSet/${name.slice(3)}`]
  if (name.startsWith('ext-')) return () => [`http://hl7.org/fhir/StructureDefinition/${name.slice(4)}`]
  return (scope) => {
    const local = scope.variables?.get(name)
    if (local) return local
    const variables = scope.root.env.variables
    if (!variables || !Object.hasOwn(variables, name)) throw new PathError(`there is no variable %${name}`)
    const value = variables[name]
    return value === undefined ? EMPTY : Array.isArray(value) ? (value as unknown[]) : [value]
  }
}
