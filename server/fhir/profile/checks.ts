import type { Element } from '../definitions/definitions.ts'
import { compile, type Path } from '../path/compile.ts'
import { capital } from './base.ts'
import type { Held, Piece } from './piece.ts'
import type { Check, Env, Item } from './plan.ts'
import type { Finding, Json } from './types.ts'
import { fitsPattern, isFixed } from './values.ts'
import { isJson } from './world.ts'
import type { Workshop } from './workshop.ts'

/** What a piece asks of one value beyond what base R4 asks: all but types and references (types-of.ts). */
export function valueChecks(
  piece: Piece,
  base: Element | undefined,
  type: string | undefined,
  shop: Workshop,
  profile: string,
): Check[] {
  return [
    ...fixedCheck(piece, profile),
    ...patternCheck(piece, profile),
    ...limitChecks(piece, profile),
    ...bindingCheck(piece, base, shop, profile),
    ...constraintChecks(piece, base, type, shop, profile),
  ]
}

function fixedCheck({ id, fixed }: Piece, profile: string): Check[] {
  if (!fixed) return []
  const finding = error(
    profile,
    'fixed',
    'value',
    `\`${id}\` must be exactly ${shown(fixed)}.`,
    'Write it as the profile fixes it.',
  )
  return [({ value }, _, report) => value !== undefined && !isFixed(value, fixed.value) && report.add(finding)]
}

function patternCheck({ id, pattern }: Piece, profile: string): Check[] {
  if (!pattern) return []
  const finding = error(
    profile,
    'pattern',
    'value',
    `\`${id}\` must have ${shown(pattern)}.`,
    'Add what the pattern of the profile has.',
  )
  return [({ value }, _, report) => value !== undefined && !fitsPattern(value, pattern.value) && report.add(finding)]
}

/** A profile's own value, not the resource's: it may be shown. */
function shown({ value }: Held): string {
  const text = JSON.stringify(value)
  return text.length <= 200 ? text : 'the value that the profile gives'
}

function limitChecks({ id, maxLength, least, most }: Piece, profile: string): Check[] {
  const checks: Check[] = []
  if (maxLength !== undefined) {
    const finding = error(
      profile,
      'length',
      'too-long',
      `\`${id}\` may have at most ${maxLength} characters.`,
      'Shorten it.',
    )
    checks.push(({ value }, _, report) => typeof value === 'string' && value.length > maxLength && report.add(finding))
  }
  for (const [held, sign, words] of [
    [least, -1, 'at least'],
    [most, 1, 'at most'],
  ] as const) {
    if (!held) continue
    const finding = error(profile, 'value', 'value', `\`${id}\` must be ${words} ${shown(held)}.`, 'Correct the value.')
    checks.push(({ value }, _, report) => compare(value, held.value) === sign && report.add(finding))
  }
  return checks
}

function compare(value: unknown, limit: unknown): number {
  if (typeof value === 'number' && typeof limit === 'number') return Math.sign(value - limit)
  if (typeof value === 'string' && typeof limit === 'string') return value < limit ? -1 : value > limit ? 1 : 0
  return 0
}

function bindingCheck({ id, binding }: Piece, base: Element | undefined, shop: Workshop, profile: string): Check[] {
  if (!binding || binding.strength === 'example') return []
  const { strength, valueSet } = binding
  if (base?.binding?.strength === strength && base.binding.valueSet === valueSet.split('|')[0]) return []
  const must = strength === 'required'
  const severity = must ? 'error' : strength === 'extensible' ? 'warning' : 'information'
  const hint = `Use a code of ${valueSet}${must ? '' : ', unless none fits'}.`
  const outside: Finding = {
    severity,
    rule: 'binding',
    code: 'code-invalid',
    profile,
    message: must
      ? `\`${id}\` must have a code of the value set that the profile binds.`
      : `\`${id}\` has no code of the value set that the profile recommends.`,
    hint,
  }
  const unknown: Finding = {
    severity: 'information',
    rule: 'binding',
    code: 'not-supported',
    profile,
    message: `Whether \`${id}\` has a code of its value set cannot be told here: ${valueSet} is not known in full.`,
    hint: 'Load the value set and its code systems to have it checked.',
  }
  return [
    (item, _, report) => {
      const codings = codingsOf(item)
      if (!codings) return
      const membership = shop.membership(valueSet)
      const verdicts = codings.map(({ system, code }) => (code === undefined ? false : membership?.(system, code)))
      if (verdicts.includes(true)) return
      if (codings.length > 0 && (!membership || verdicts.includes(undefined))) return report.add(unknown)
      if (codings.length > 0 || (must && item.sibling === undefined)) report.add(outside)
    },
  ]
}

interface CodeGiven {
  readonly system?: string | undefined
  readonly code?: string | undefined
}

/** The codes of a code, Coding, CodeableConcept or Quantity; undefined where there is none to judge. */
function codingsOf({ value }: Item): CodeGiven[] | undefined {
  if (typeof value === 'string') return [{ code: value }]
  if (!isJson(value)) return undefined
  const { coding, extension, code, system } = value
  if (Array.isArray(coding)) return coding.filter(isJson).map(codeOf)
  if (code !== undefined || system !== undefined) return [codeOf(value)]
  return extension === undefined ? [] : undefined
}

function codeOf({ system, code }: Json): CodeGiven {
  return { system: typeof system === 'string' ? system : '', code: typeof code === 'string' ? code : undefined }
}

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

function constraintChecks(
  piece: Piece,
  base: Element | undefined,
  type: string | undefined,
  shop: Workshop,
  profile: string,
): Check[] {
  const asked = new Set(base?.constraints?.map(({ key }) => key))
  const inherited = type === undefined ? undefined : shop.definitions.structure(type)?.elements[0]?.constraints
  for (const { key } of inherited ?? []) asked.add(key)
  return (piece.constraints ?? []).flatMap(({ key, severity, human, expression, source }) => {
    if (!expression || asked.has(key) || /^(?:ele|ext|dom)-\d+$/.test(key)) return []
    if (source?.startsWith(CORE) && shop.definitions.structure(source.slice(CORE.length))) return []
    const finding: Finding = {
      severity: severity === 'warning' ? 'warning' : 'error',
      rule: key,
      code: 'invariant',
      profile,
      message: `${key}: ${human ?? expression}`,
      hint: 'Change the elements that this rule of the profile names.',
    }
    const types = piece.path.endsWith('[x]') ? (piece.types ?? base?.types ?? []).map(({ code }) => code) : []
    return [constraintCheck(expression, type, types, finding, shop)]
  })
}

/** Compiled when first asked, for the type that the value of a choice has. What cannot be evaluated says nothing. */
function constraintCheck(
  expression: string,
  type: string | undefined,
  choice: readonly string[],
  finding: Finding,
  shop: Workshop,
): Check {
  let broken = false
  return ({ value, sibling, key }, env, report) => {
    const focus = value ?? sibling
    if (broken || focus === undefined) return
    let path: Path | undefined
    try {
      const own = type ?? choice.find((code) => key.endsWith(capital(code)))
      path = compile(expression, own !== undefined && !isResource(focus) ? { type: own } : {})
      const result = path(focus, surroundings(env, shop))
      if (!(result.length === 1 && result[0] !== false)) report.add(finding)
    } catch {
      broken ||= path === undefined
    }
  }
}

function isResource(value: unknown): boolean {
  return isJson(value) && typeof value['resourceType'] === 'string'
}

function surroundings(env: Env, shop: Workshop) {
  return {
    resource: env.resource,
    rootResource: env.rootResource,
    resolve: (reference: string) => env.world.resolve(reference, env.rootResource),
    conformsTo: (value: unknown, url: string) =>
      shop.typeOf(url) === undefined ? undefined : shop.conforms({ value, key: '' }, url, env),
    memberOf: (value: unknown, valueSet: string) => {
      const membership = shop.membership(valueSet)
      const verdicts = codingsOf({ value, key: '' })?.map(({ system, code }) =>
        code === undefined ? false : membership?.(system, code),
      )
      return verdicts?.includes(true) ? true : verdicts?.includes(undefined) ? undefined : false
    },
  }
}

export function error(
  profile: string,
  rule: string,
  code: NonNullable<Finding['code']>,
  message: string,
  hint: string,
): Finding {
  return { severity: 'error', rule, code, profile, message, hint }
}
