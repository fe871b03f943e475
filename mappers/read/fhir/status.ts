import type { Shape } from '../../../server/fhir/validate/shapes.ts'
import { tell, type Bench } from './bench.ts'
import { isObject, type Json } from './json.ts'

/**
 * A status that is missing: "unknown" where R4 has that word, else marked as absent
 * (https://hl7.org/fhir/R4/extension-data-absent-reason.html). An intent that is missing is an order's.
 */
export function addMissing(value: Json, shape: Shape, path: string, bench: Bench): void {
  if (!shape.resource) return addSystemOfPhone(value, shape, path, bench)
  for (const { name } of shape.required) {
    if (value[name] !== undefined || value[`_${name}`] !== undefined) continue
    const codes = shape.properties.get(name)?.codes
    if (name === 'status') {
      if (shape.name === 'Encounter' && hasEnd(value)) value[name] = 'finished'
      else if (shape.name === 'DocumentReference') value[name] = 'current'
      else if (codes?.hasCode('unknown')) value[name] = 'unknown'
      else value[`_${name}`] = ABSENT
    } else if (name === 'intent' && codes?.hasCode('order')) value[name] = 'order'
    else if (name === 'class' && shape.name === 'Encounter') value[name] = ABSENT
    else continue
    tell(bench, 'status', `${path}.${name}`, 'It was missing.')
  }
}

const ABSENT = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
}

function hasEnd({ period }: Json): boolean {
  return isObject(period) && period['end'] !== undefined
}

/** cpt-2: a value of a ContactPoint needs its system. */
function addSystemOfPhone(value: Json, shape: Shape, path: string, bench: Bench): void {
  if (shape.name !== 'ContactPoint' || typeof value['value'] !== 'string' || value['system'] !== undefined) return
  const given = value['value']
  const system = given.includes('@') ? 'email' : /^[+\d][\d ()-]{5,}$/.test(given) ? 'phone' : 'other'
  value['system'] = system
  tell(bench, 'status', `${path}.system`, 'It was missing.')
}
