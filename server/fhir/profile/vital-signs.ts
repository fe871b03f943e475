import { isJson, listOf } from './world.ts'
import type { Json } from './types.ts'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** https://hl7.org/fhir/R4/observation-vitalsigns.html: an Observation with one of these LOINC codes must conform, whether it says so or not. */
const profiles: Readonly<Record<string, string>> = {
  '85353-1': 'vitalspanel',
  '9279-1': 'resprate',
  '8867-4': 'heartrate',
  '2708-6': 'oxygensat',
  '8310-5': 'bodytemp',
  '8302-2': 'bodyheight',
  '9843-4': 'headcircum',
  '29463-7': 'bodyweight',
  '39156-5': 'bmi',
  '85354-9': 'bp',
}

export function vitalSignsProfiles(resource: Json): string[] {
  const { resourceType, code } = resource
  if (resourceType !== 'Observation' || !isJson(code)) return []
  return listOf(code['coding']).flatMap(({ system, code: own }) => {
    const name = system === 'http://loinc.org' && typeof own === 'string' ? profiles[own] : undefined
    return name === undefined ? [] : [CORE + name]
  })
}
