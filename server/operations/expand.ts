import type { Interaction } from '../interactions/house.ts'
import { expand as expandValueSet } from '../terminology/expand.ts'
import { readInput } from './terminology/input.ts'
import { valueSetOf } from './terminology/instance.ts'

const NAMES = [
  'url',
  'valueSet',
  'valueSetVersion',
  'filter',
  'offset',
  'count',
  'includeDesignations',
  'designation',
  'includeDefinition',
  'activeOnly',
  'excludeNested',
  'excludeNotForUI',
  'excludePostCoordinated',
  'displayLanguage',
  'exclude-system',
  'system-version',
  'check-system-version',
  'force-system-version',
]

/** `ValueSet/$expand` and `ValueSet/[id]/$expand` (https://hl7.org/fhir/R4/valueset-operation-expand.html). */
export const expand: Interaction = async (house, _context, request, target) => {
  const { terminology } = house
  const input = readInput(house, request, NAMES, { name: 'valueSet', type: 'ValueSet' })
  const valueSet = await valueSetOf(terminology, input, target)
  const answer = await expandValueSet(terminology, valueSet, {
    filter: input.string('filter'),
    offset: input.count('offset'),
    count: input.count('count'),
    activeOnly: input.boolean('activeOnly'),
    selectable: input.boolean('excludeNotForUI'),
    includeDesignations: input.boolean('includeDesignations'),
    designations: input.strings('designation'),
    includeDefinition: input.boolean('includeDefinition') ?? false,
    excludeNested: input.boolean('excludeNested'),
    displayLanguage: input.string('displayLanguage'),
    excludeSystems: input.strings('exclude-system'),
    systemVersions: input.strings('system-version'),
    checkVersions: input.strings('check-system-version'),
    forceVersions: input.strings('force-system-version'),
  })
  return { status: 200, body: JSON.stringify(answer) }
}
