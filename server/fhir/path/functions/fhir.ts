import { lately } from '../../lately.ts'
import { memberStep } from '../navigate.ts'
import { bool, type Collection, EMPTY, isRecord, type Item, Node, raw } from '../node.ts'
import type { Functions, Scope, Step } from '../scope.ts'
import { single, singleText, textArg } from '../single.ts'
import { isTypeName, typeNamed } from '../model.ts'
import { htmlIsSafe } from './html.ts'

/** What FHIR adds to FHIRPath: https://hl7.org/fhir/R4/fhirpath.html#functions */
export const fhir: Functions = {
  extension: {
    min: 1,
    max: 1,
    run: (input, args, scope) => {
      const url = textArg(args, 0, scope)
      return url === undefined
        ? EMPTY
        : extensions(input).filter((item) => (raw(item) as { url?: unknown }).url === url)
    },
  },
  hasValue: { min: 0, max: 0, run: (input) => bool(input.length === 1 && isPrimitive(raw(input[0]))) },
  getValue: { min: 0, max: 0, run: (input) => (input.length === 1 && isPrimitive(raw(input[0])) ? input : EMPTY) },
  resolve: { min: 0, max: 0, run: (input, _, scope) => input.flatMap((item) => resolve(item, scope) ?? []) },
  htmlChecks: { min: 0, max: 0, run: (input) => (input.length === 0 ? EMPTY : bool(htmlIsSafe(singleText(input)))) },
  memberOf: { min: 1, max: 1, run: (input, args, scope) => hooked(input, args, scope, scope.root.env.memberOf) },
  conformsTo: { min: 1, max: 1, run: (input, args, scope) => hooked(input, args, scope, scope.root.env.conformsTo) },
  elementDefinition: { min: 0, max: 0, run: () => EMPTY },
  slice: { min: 2, max: 2, run: () => EMPTY },
  checkModifiers: { min: 0, max: Number.MAX_SAFE_INTEGER, run: (input) => input },
}

const extensionStep = memberStep('extension')

/** Of complex items their own, of primitives those beside them. */
function extensions(input: Collection): Collection {
  const holders = input.map((item) => {
    if (!(item instanceof Node) || isRecord(item.value) || !item.sibling) return item
    return item.type ? new Node(item.sibling, typeNamed('Element')) : item.sibling
  })
  return extensionStep(holders).filter((item) => isRecord(raw(item)))
}

function isPrimitive(value: unknown): boolean {
  return value !== undefined && !isRecord(value)
}

function hooked(
  input: Collection,
  args: readonly Step[],
  scope: Scope,
  ask: ((value: unknown, url: string) => boolean | undefined) | undefined,
): Collection {
  const url = textArg(args, 0, scope)
  const item = single(input)
  if (!ask || url === undefined || item === undefined) return EMPTY
  const answer = ask(raw(item), url)
  return answer === undefined ? EMPTY : bool(answer)
}

/**
 * The resource a Reference (or uri) points at: contained, or from the env's resolver. Without either, a bare
 * resource of the type that the reference text (or Reference.type) names: enough for `resolve() is Patient`.
 */
function resolve(item: Item, scope: Scope): Item {
  const value = raw(item)
  const text = isRecord(value) ? value['reference'] : value
  if (typeof text === 'string' && text.startsWith('#')) return contained(text.slice(1), scope)
  const typed = item instanceof Node && item.type !== undefined
  const found = typeof text === 'string' ? scope.root.env.resolve?.(text) : undefined
  if (found !== undefined) return typed ? nodeOf(found) : found
  const type = typeof text === 'string' ? referencedType(text) : undefined
  const name = type ?? (isRecord(value) && typeof value['type'] === 'string' ? value['type'] : undefined)
  if (name === undefined || !isTypeName(name)) return undefined
  return typed ? nodeOf({ resourceType: name }) : { resourceType: name }
}

function contained(id: string, scope: Scope): Item {
  const containers = scope.root.rootResource
  if (id === '') return containers[0]
  return containedStep(containers).find((resource) => (raw(resource) as { id?: unknown }).id === id)
}

const containedStep = memberStep('contained')

function nodeOf(resource: unknown): Item {
  const type =
    isRecord(resource) && typeof resource['resourceType'] === 'string' ? resource['resourceType'] : 'Resource'
  return new Node(resource, typeNamed(type))
}

/** `Patient/1`, `http://host/fhir/Patient/1/_history/2` → Patient. */
export const referencedType = lately(
  (reference): string | undefined =>
    /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[A-Za-z0-9.-]{1,64})?(?:[?#].*)?$/.exec(
      reference,
    )?.[1],
)
