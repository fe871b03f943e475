import { compile } from '../../path/compile.ts'
import { PathError } from '../../path/ast.ts'
import { baseElement, rootPlace, placeBelow, type Place as Spot } from '../../profile/base.ts'
import type { Element } from '../../definitions/types.ts'
import { hierarchyOf } from '../../definitions/expansion.ts'
import { doubt, fault, isJson, listed, textOf, type Json, type Place, type Strict } from './context.ts'

/** CodeSystem (https://hl7.org/fhir/R4/codesystem.html): the count it states, properties that are declared. */
export function codeSystemFaults(strict: Strict, system: Json, place: Place): void {
  const properties = new Map(listed(system['property']).map(([, one]) => [one['code'], one['type']]))
  let count = 0
  const visit = (holder: Json, at: Place): void => {
    for (const [i, concept] of listed(holder['concept'])) {
      const here = [...at, 'concept', i]
      count++
      for (const [k, property] of listed(concept['property'])) {
        const name = property['code']
        if (!properties.has(name) && !BUILT_IN.has(String(name))) {
          doubt(
            strict,
            [...here, 'property', k, 'code'],
            'not-found',
            'The code system does not declare this property.',
            'Declare it in CodeSystem.property.',
          )
        }
        const type = textOf(properties.get(name))
        const value = Object.keys(property).find((key) => /^value[A-Z]/.test(key))
        if (type !== undefined && value !== undefined && value.toLowerCase() !== `value${type}`.toLowerCase()) {
          fault(
            strict,
            [...here, 'property', k, value],
            'structure',
            'The value is of another type than the code system declares for this property.',
            `Write it as the property's type says: ${type}.`,
          )
        }
      }
      if (here.length < 100) visit(concept, here)
    }
  }
  visit(system, place)
  const stated = system['count']
  if (system['content'] === 'complete' && typeof stated === 'number' && count > 0 && stated !== count) {
    fault(
      strict,
      [...place, 'count'],
      'value',
      `The code system says it has another number of codes than the ${count} it has.`,
      'Correct count, or leave it out.',
    )
  }
  if (system['content'] === 'supplement' && system['supplements'] === undefined) {
    fault(strict, place, 'required', 'A supplement names the code system that it supplements.', 'Add supplements.')
  }
}

const BUILT_IN: ReadonlySet<string> = new Set([
  'parent',
  'child',
  'status',
  'inactive',
  'effectiveDate',
  'deprecated',
  'deprecationDate',
  'retirementDate',
  'notSelectable',
  'comment',
  'synonym',
  'partOf',
])

/** ValueSet (https://hl7.org/fhir/R4/valueset.html): systems that are absolute, concepts that their systems have, once each. */
export function valueSetFaults(strict: Strict, valueSet: Json, place: Place): void {
  const { compose } = valueSet
  if (!isJson(compose)) return
  for (const part of ['include', 'exclude']) {
    for (const [i, include] of listed(compose[part])) includeFaults(strict, include, [...place, 'compose', part, i])
  }
}

function includeFaults(strict: Strict, include: Json, place: Place): void {
  const url = textOf(include['system'])
  if (url === undefined) return
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(url) && !url.startsWith('#'))
    fault(strict, [...place, 'system'], 'value', 'The url of a code system must be absolute.', 'Write the whole url.')
  const system = strict.codeSystem(url)
  if (!system && strict.valueSet(url))
    fault(
      strict,
      [...place, 'system'],
      'value',
      'This is the url of a value set, not of a code system.',
      'Put it into valueSet.',
    )
  const codes = system?.content === 'complete' ? hierarchyOf(system).concepts : undefined
  const seen = new Set<string>()
  for (const [i, concept] of listed(include['concept'])) {
    const code = textOf(concept['code'])
    if (code === undefined) continue
    const at = [...place, 'concept', i, 'code']
    if (seen.has(code)) doubt(strict, at, 'duplicate', 'The code is listed twice.', 'List it once.')
    seen.add(code)
    if (codes && !codes.has(code) && url.startsWith('http://hl7.org/fhir/'))
      fault(strict, at, 'code-invalid', 'The code system has no such code.', 'Correct it, or leave it out.')
  }
}

/** ConceptMap (https://hl7.org/fhir/R4/conceptmap.html): it maps codes that R4's systems have. */
export function conceptMapFaults(strict: Strict, map: Json, place: Place): void {
  for (const [g, group] of listed(map['group'])) {
    const [source, target] = [codesOf(strict, group['source']), codesOf(strict, group['target'])]
    for (const [e, element] of listed(group['element'])) {
      const at = [...place, 'group', g, 'element', e]
      mappedFault(strict, source, element, at)
      for (const [t, one] of listed(element['target'])) mappedFault(strict, target, one, [...at, 'target', t])
    }
  }
}

function codesOf(strict: Strict, url: unknown): ReadonlyMap<string, unknown> | undefined {
  const bare = textOf(url)?.split('|')[0]
  const system = bare?.startsWith('http://hl7.org/fhir/') ? strict.codeSystem(bare) : undefined
  return system?.content === 'complete' ? hierarchyOf(system).concepts : undefined
}

function mappedFault(
  strict: Strict,
  codes: ReadonlyMap<string, unknown> | undefined,
  holder: Json,
  place: Place,
): void {
  const code = textOf(holder['code'])
  if (codes && code !== undefined && !codes.has(code))
    fault(strict, [...place, 'code'], 'code-invalid', 'The code system has no such code.', 'Correct it.')
}

/** StructureDefinition: expressions that can be read, elements that the base has (https://hl7.org/fhir/R4/profiling.html). */
export function structureFaults(strict: Strict, definition: Json, place: Place): void {
  for (const view of ['snapshot', 'differential'] as const) {
    const held = definition[view]
    if (!isJson(held)) continue
    const at = [...place, view]
    const ids = new Set<string>()
    for (const [i, element] of listed(held['element'])) {
      const here = [...at, 'element', i]
      const id = textOf(element['id'])
      if (id !== undefined && ids.has(id))
        fault(
          strict,
          [...here, 'id'],
          'duplicate',
          'Another element has the same id.',
          'Give each element an id of its own.',
        )
      if (id !== undefined) ids.add(id)
      for (const [k, constraint] of listed(element['constraint']))
        expressionFault(strict, constraint['expression'], [...here, 'constraint', k, 'expression'])
      pathFault(strict, definition, element, [...here, 'path'])
      for (const [k, type] of listed(element['type'])) typeFault(strict, type, [...here, 'type', k])
    }
  }
}

function typeFault(strict: Strict, type: Json, place: Place): void {
  const code = textOf(type['code'])
  if (code === undefined || code.startsWith('http')) return
  if (!strict.definitions.structure(code))
    fault(
      strict,
      [...place, 'code'],
      'not-found',
      'R4 has no such type.',
      'Spell it as R4 does, or write the url of a logical model.',
    )
  const references = code === 'Reference' || code === 'canonical' || code === 'CodeableReference'
  if (type['targetProfile'] !== undefined && !references)
    fault(
      strict,
      [...place, 'targetProfile'],
      'structure',
      'Only a Reference or canonical has a targetProfile.',
      'Write it as profile, or leave it out.',
    )
}

/** Of a profile on a type of R4: the path leads through elements that the type has. */
function pathFault(strict: Strict, definition: Json, element: Json, place: Place): void {
  const type = textOf(definition['type'])
  const path = textOf(element['path'])
  if (
    definition['derivation'] !== 'constraint' ||
    type === undefined ||
    path === undefined ||
    !strict.definitions.structure(type)
  )
    return
  const [root, ...steps] = path.split('.')
  if (root !== type)
    return fault(
      strict,
      place,
      'value',
      'The path does not begin with the type of the profile.',
      `Begin it with ${type}.`,
    )
  let here: Spot | undefined = rootPlace(type)
  let base: Element | undefined
  for (const step of steps) {
    if (!here) return
    base = baseElement(strict.definitions, here, step)
    if (!base) return fault(strict, place, 'not-found', 'The type has no such element.', 'Correct the path.')
    here = placeBelow(here, base)
  }
  if (base) wideningFaults(strict, element, base, place.slice(0, -1))
}

/** A profile narrows: it takes nothing that the base does not (https://hl7.org/fhir/R4/profiling.html#limitations). */
function wideningFaults(strict: Strict, element: Json, base: Element, place: Place): void {
  const { min, max } = element
  if (typeof min === 'number' && min < base.min && element['sliceName'] === undefined)
    fault(strict, [...place, 'min'], 'value', `The base asks for at least ${base.min}.`, 'Ask for as many, or more.')
  if (typeof max === 'string' && base.max !== '*' && (max === '*' || Number(max) > Number(base.max)))
    fault(strict, [...place, 'max'], 'value', `The base allows at most ${base.max}.`, 'Allow as many, or fewer.')
  const codes = base.types.map(({ code }) => code)
  if (codes.length === 0 || codes.some((code) => code.startsWith('http') || OPEN.has(code))) return
  const key = Object.keys(element).find((one) => /^(?:fixed|pattern)[A-Z]/.test(one))
  const named = key?.replace(/^(?:fixed|pattern)/, '')
  if (key !== undefined && !codes.some((code) => code.toLowerCase() === named?.toLowerCase()))
    fault(strict, [...place, key], 'structure', 'The element is of another type than this value.', 'Use its own type.')
}

/** Types that stand for others. */
const OPEN: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement', 'Quantity'])

/** Any expression in FHIRPath. */
export function expressionFault(strict: Strict, expression: unknown, place: Place): void {
  if (typeof expression !== 'string') return
  try {
    compile(expression)
  } catch (error) {
    if (error instanceof PathError)
      fault(strict, place, 'invalid', 'This cannot be read as FHIRPath.', 'Correct the expression.')
    else throw error
  }
}

export function searchParameterFaults(strict: Strict, parameter: Json, place: Place): void {
  expressionFault(strict, parameter['expression'], [...place, 'expression'])
  for (const [i, component] of listed(parameter['component']))
    expressionFault(strict, component['expression'], [...place, 'component', i, 'expression'])
}
