import type { CodeSystemConceptProperty, ParametersParameter } from '@medplum/fhirtypes'
import type { Interaction } from '../interactions/house.ts'
import { lookUp, type Lookup, type Related } from '../terminology/lookup.ts'
import { parameters } from './terminology/answer.ts'
import { missing, readInput } from './terminology/input.ts'

const NAMES = ['code', 'system', 'version', 'coding', 'displayLanguage', 'property']

/** `CodeSystem/$lookup` (https://hl7.org/fhir/R4/codesystem-operation-lookup.html). */
export const lookup: Interaction = async (house, _context, request) => {
  const { terminology } = house
  const input = readInput(house, request, NAMES)
  const { system, code, version } = input.coding('coding') ?? {
    system: input.string('system'),
    code: input.string('code'),
    version: input.string('version'),
  }
  if (code === undefined) throw missing(['code', 'coding'])
  if (system === undefined) throw missing(['system'])
  const found = await lookUp(terminology, { system, version, code, displayLanguage: input.string('displayLanguage') })
  const wanted = input.strings('property')
  return parameters([
    { name: 'name', valueString: found.name },
    found.version !== undefined && { name: 'version', valueString: found.version },
    { name: 'display', valueString: found.display },
    ...(wants(wanted, 'designation') ? found.designation : []).map(designation),
    ...found.designation
      .filter((one) => !wants(wanted, 'designation') && wanted.includes(`lang.${one.language}`))
      .map(designation),
    ...properties(found, wanted),
  ])
}

/** No property named: all of them. */
function wants(wanted: readonly string[], property: string): boolean {
  return wanted.length === 0 || wanted.includes(property)
}

function designation({ language, use, value }: Lookup['designation'][number]): ParametersParameter {
  const part: ParametersParameter[] = [
    ...(language ? [{ name: 'language', valueCode: language }] : []),
    ...(use ? [{ name: 'use', valueCoding: use }] : []),
    { name: 'value', valueString: value ?? '' },
  ]
  return { name: 'designation', part }
}

function properties(found: Lookup, wanted: readonly string[]): ParametersParameter[] {
  const all: (readonly [string, ParametersParameter])[] = [
    ...(found.definition === undefined
      ? []
      : [['definition', property('definition', { valueString: found.definition })] as const]),
    ...found.parents.map((one) => ['parent', relation('parent', one)] as const),
    ...found.children.map((one) => ['child', relation('child', one)] as const),
    ...found.property.map((one) => [one.code ?? '', property(one.code ?? '', typed(one))] as const),
    ['inactive', property('inactive', { valueBoolean: found.inactive })],
    ...(found.abstract && !found.property.some(({ code }) => code === 'notSelectable')
      ? [['notSelectable', property('notSelectable', { valueBoolean: true })] as const]
      : []),
  ]
  const own = new Set(found.property.map(({ code }) => code))
  return all
    .filter(
      ([name, parameter]) =>
        wants(wanted, name) && !(name === 'inactive' && own.has(name) && isGenerated(parameter, found)),
    )
    .map(([, parameter]) => parameter)
}

/** The system says inactive itself: not twice. */
function isGenerated({ part }: ParametersParameter, found: Lookup): boolean {
  return part?.[1]?.valueBoolean === found.inactive && found.property.some(({ code }) => code === 'inactive')
}

function relation(name: string, { code, display }: Related): ParametersParameter {
  return property(name, { valueCode: code }, display)
}

function property(code: string, value: Partial<ParametersParameter>, description?: string): ParametersParameter {
  const part: ParametersParameter[] = [
    { name: 'code', valueCode: code },
    { name: 'value', ...value },
  ]
  if (description !== undefined) part.push({ name: 'description', valueString: description })
  return { name: 'property', part }
}

/** The value[x] of a property, under its own name. */
function typed({
  code: _code,
  id: _id,
  extension: _extension,
  ...value
}: CodeSystemConceptProperty): Partial<ParametersParameter> {
  return value
}
