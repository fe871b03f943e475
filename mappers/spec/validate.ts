import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { Limits } from '../mapping.ts'
import type { ColumnRules, SourceOptions } from '../read/source.ts'
import { fault, unknown, type Fault } from './faults.ts'
import { fileSchema } from './schema.ts'
import { placeOf, plain, without, type Node, type Path } from './tree.ts'

/** One for all: files hold text only, so what must be a number or a truth value is made one. */
export const ajv = new Ajv({ allErrors: true, verbose: true, coerceTypes: true, strict: false })

let compiled: ValidateFunction | undefined

export interface Validated {
  readonly faults: readonly Fault[]
  /** Without what is faulty, so that the rest can still be checked. */
  readonly sound: Node
}

/** Checks one file as it is written. */
export function validateFile(root: Node): Validated {
  const check = (compiled ??= ajv.compile(fileSchema()))
  if (check(plain(root))) return { faults: [], sound: root }
  const found = faultsOf(check.errors ?? [], root, [])
  const sound = found.reduce((node, { cut }) => without(node, cut), root)
  return { faults: found.map(({ what }) => what), sound: sound.kind === 'table' ? sound : { ...EMPTY, at: root.at } }
}

const EMPTY: Node = { kind: 'table', entries: new Map(), at: { file: '', line: 1 }, replace: false }

/** Checks a value against a small schema (a function's option); messages only. */
export function validateOption(schema: object, value: unknown): { value: unknown; problems: string[] } {
  const holder = { value }
  const check = optionCheck(schema)
  if (check(holder)) return { value: holder.value, problems: [] }
  return { value, problems: [...new Set((check.errors ?? []).filter(isCause).map((error) => messageOf(error)))] }
}

const optionChecks = new WeakMap<object, ValidateFunction>()

function optionCheck(schema: object): ValidateFunction {
  const known = optionChecks.get(schema)
  if (known) return known
  const check = ajv.compile({ type: 'object', properties: { value: schema }, required: ['value'] })
  optionChecks.set(schema, check)
  return check
}

function faultsOf(errors: readonly ErrorObject[], root: Node, base: Path): { what: Fault; cut: Path }[] {
  return errors.filter(isCause).map((error) => {
    const extra: unknown = error.params['additionalProperty']
    const path = [...base, ...pointer(error.instancePath), ...(typeof extra === 'string' ? [extra] : [])]
    return { what: fault(placeOf(root, path), path, messageOf(error)), cut: cutOf(path) }
  })
}

/** `if` only says that its branch failed; the branch has said why. */
function isCause({ keyword }: ErrorObject): boolean {
  return keyword !== 'if'
}

/** What to leave out so that a fault is not told twice: of a binding the whole of it. */
function cutOf(path: Path): Path {
  if (path[0] !== 'bind') return path
  return path.slice(0, String(path[1]).includes('.') ? 2 : typeof path[2] === 'number' ? 4 : 3)
}

function messageOf(error: ErrorObject): string {
  const { keyword, params, parentSchema, data } = error
  const given = typeof data === 'string' ? data : undefined
  if (keyword === 'additionalProperties') {
    return unknown('word', String(params['additionalProperty']), Object.keys(propertiesOf(parentSchema)))
  }
  if (keyword === 'enum') return unknown('word', given ?? '', params['allowedValues'] as string[])
  if (keyword === 'type')
    return given === ''
      ? 'There is nothing here.'
      : `This must be ${[params['type']]
          .flat()
          .map((type) => TYPES[String(type)])
          .join(' or ')}.`
  if (keyword === 'minLength' || keyword === 'minItems' || keyword === 'minProperties') return 'There is nothing here.'
  if (keyword === 'maxProperties') return 'One function at a time; write a chain as a list: [trim, upper].'
  if (keyword === 'pattern') return `"${given}" is not of the form ${params['pattern']}.`
  return `This ${error.message ?? 'is not right'}.`
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'one word or text',
  object: 'a mapping (key: value)',
  array: 'a list',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
}

function propertiesOf(schema: unknown): object {
  return (schema as { properties?: object } | undefined)?.properties ?? {}
}

function pointer(text: string): Path {
  const parts = text.split('/').slice(1)
  return parts.map((part) => {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    return /^\d+$/.test(name) ? Number(name) : name
  })
}

/** The settings of a file as the types that the schema gives them. */
export interface Settings {
  readonly organization?: { readonly hfr?: string; readonly name?: string }
  readonly hl7?: { readonly application?: string; readonly facility?: string }
  readonly pull?: { readonly url: string; readonly schedule: string; readonly types: readonly string[] }
  readonly source?: Omit<SourceOptions, 'dates' | 'zone' | 'encoding' | 'kind'> &
    Partial<Pick<SourceOptions, 'dates' | 'zone' | 'kind'>> & { readonly encoding?: unknown }
  readonly limits?: Partial<Limits & ColumnRules>
}

export function settings(root: Node): Settings {
  const check = (compiled ??= ajv.compile(fileSchema()))
  const value = plain(root) as Settings
  // Not asked whether it is right (each file was): this is what turns text into numbers.
  const shaped: Record<string, unknown> = { ...value }
  delete shaped['bind']
  check(shaped)
  return shaped as Settings
}
