import { shape, type Shape } from './sample.ts'

type Json = Readonly<Record<string, unknown>>

/** undefined: most of it is no FHIR. */
export function lookAtFhir(roots: readonly unknown[], bytes: Uint8Array): Shape | undefined {
  const resources = roots.filter(isResource)
  if (resources.length === 0 || resources.length < roots.length / 2) return undefined
  const all = resources.flatMap((one) => [one, ...entriesOf(one)])
  const types = [...new Set(all.flatMap((one) => typeOf(one) ?? []))].toSorted()
  const flavour = flavourOf(resources, all)
  return shape('fhir', bytes, { types, ...(flavour && { flavour }) })
}

function flavourOf(resources: readonly Json[], all: readonly Json[]): Shape['flavour'] {
  const documents = resources.filter((one) => one['type'] === 'document')
  if (documents.length * 2 >= resources.length) return 'document'
  return all.some(isStu3) ? 'STU3' : undefined
}

function typeOf(value: unknown): string | undefined {
  const type = typeof value === 'object' && value !== null ? (value as Json)['resourceType'] : undefined
  return typeof type === 'string' ? type : undefined
}

function isResource(value: unknown): value is Json {
  return typeOf(value) !== undefined
}

function entriesOf(bundle: Json): Json[] {
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as { resource?: unknown }[]) : []
  return entries.map(({ resource }) => resource).filter(isResource)
}

/** Elements that only STU3 has (https://hl7.org/fhir/R4/diff.html). */
const onlyInStu3: Readonly<Record<string, readonly string[]>> = {
  Encounter: ['reason', 'incomingReferral'],
  Observation: ['context', 'related'],
  Condition: ['context', 'assertedDate'],
  MedicationRequest: ['context'],
}

function isStu3(resource: Json): boolean {
  const profiled = /\/STU3\/|\/3\.0\//.test(JSON.stringify(resource['meta'] ?? ''))
  const elements = onlyInStu3[typeOf(resource) ?? ''] ?? []
  return profiled || elements.some((element) => element in resource)
}
