import { parseDocument } from '../read/json/parse.ts'
import { elements, textOf, type XmlNode } from '../read/xml/node.ts'
import { parseRecord } from '../read/xml/parse.ts'
import { bindColumns } from './bind.ts'
import type { Found, FoundList, Sample } from './sample.ts'
import { isKnownList } from './tree-bindings.ts'

type Shape = Omit<Sample, 'encoding'>

/** A value of a tree in one form, whether it was JSON or XML: leaves, records and lists of them. */
type Tree = string | readonly Tree[] | { readonly [name: string]: Tree }
type Table = { readonly [name: string]: Tree }

const ROWS = 500
/** Names that say nothing without the one above them. */
const bare =
  /^(name|nm|id|no|code|date|dt|text|value|type|number|num|status|at|time|display|title|phone|address|sex|gender|age)$/i

/** JSON and XML, and what is FHIR or C-CDA of them. */
export function lookAtTree(text: string, bytes: Uint8Array): Shape {
  return text.trimStart().startsWith('<') ? lookAtXml(text, bytes) : lookAtJson(text, bytes)
}

function lookAtJson(text: string, bytes: Uint8Array): Shape {
  const roots = jsonRoots(text)
  const fhir = fhirOf(roots, bytes)
  if (fhir) return fhir
  return shaped('json', bytes, roots.map(treeOf), (names) => `${names.map(step).join('.')}[*]`, step)
}

/** One document, or one a line. */
function jsonRoots(text: string): unknown[] {
  const whole = parseDocument(text, 1)
  if (!('issue' in whole)) return Array.isArray(whole.value) ? (whole.value as unknown[]) : [whole.value]
  return text.split(/\r?\n/).flatMap((line) => {
    if (line.trim() === '') return []
    const one = parseDocument(line, 1)
    return 'issue' in one ? [] : [one.value]
  })
}

function fhirOf(roots: readonly unknown[], bytes: Uint8Array): Shape | undefined {
  const resources = roots.filter((root): root is Record<string, unknown> => typeOf(root) !== undefined)
  if (resources.length === 0 || resources.length < roots.length / 2) return undefined
  const inner = resources.flatMap((one) => [one, ...entriesOf(one)])
  const types = [...new Set(inner.flatMap((one) => typeOf(one) ?? []))].toSorted()
  const documents = resources.filter((one) => one['type'] === 'document')
  const flavour = documents.length * 2 >= resources.length ? 'document' : inner.some(isStu3) ? 'STU3' : undefined
  return { kind: 'fhir', bytes, columns: [], lists: [], twins: [], types, ...(flavour && { flavour }) }
}

function typeOf(value: unknown): string | undefined {
  const type =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['resourceType'] : undefined
  return typeof type === 'string' ? type : undefined
}

function entriesOf(bundle: Record<string, unknown>): Record<string, unknown>[] {
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as { resource?: unknown }[]) : []
  return entries.flatMap(({ resource }) => (typeOf(resource) ? [resource as Record<string, unknown>] : []))
}

/** What only STU3 has (https://hl7.org/fhir/R4/diff.html). */
function isStu3(resource: Record<string, unknown>): boolean {
  const type = typeOf(resource)
  const version3 = /\/STU3\/|\/3\.0\//.test(JSON.stringify(resource['meta'] ?? ''))
  return version3 || (type === 'Encounter' && ('reason' in resource || 'incomingReferral' in resource)) || (type === 'Observation' && ('context' in resource || 'related' in resource)) || (type === 'Condition' && ('context' in resource || 'assertedDate' in resource)) || (type === 'MedicationRequest' && 'context' in resource) // prettier-ignore
}

function lookAtXml(text: string, bytes: Uint8Array): Shape {
  const root = parseRecord(text.slice(text.indexOf('<')).replace(/^(?:<\?[^>]*\?>|<!--[\s\S]*?-->|\s)+/, ''), 1, 100)
  if ('issue' in root) return { kind: 'xml', bytes, columns: [], lists: [], twins: [], types: [] }
  if (root.node.name === 'ClinicalDocument')
    return { kind: 'ccda', bytes, columns: [], lists: [], twins: [], types: [] }
  const tree = treeOfNode(root.node)
  const paths = (names: readonly string[]) => [root.node.name, ...names].join('/')
  return shaped('xml', bytes, [tree], paths, (name) => (name === '#text' ? '.' : name), '/')
}

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, treeOf(inner)]))
  return value === null || value === undefined ? '' : String(value as string | number | boolean)
}

function treeOfNode(node: XmlNode): Tree {
  const inner = elements(node)
  const attributes = [...node.attributes].map(([name, value]): [string, Tree] => [`@${name}`, value])
  if (inner.length === 0 && attributes.length === 0) return textOf(node)
  const names = [...new Set(inner.map(({ name }) => name))]
  const children = names.map((name): [string, Tree] => {
    const same = elements(node, name).map(treeOfNode)
    const many = same.length > 1 || new RegExp(`^${name}(?:s|es|list)$`, 'i').test(node.name)
    return [name, many ? same : (same[0] ?? '')]
  })
  const own = inner.length === 0 && textOf(node) !== '' ? [['#text', textOf(node)] as [string, Tree]] : []
  return Object.fromEntries([...attributes, ...own, ...children])
}

/** `name.with dots` → `["name.with dots"]` */
function step(name: string): string {
  return /[.[\]"]/.test(name) ? `["${name.replaceAll('"', '')}"]` : name
}

function shaped(
  kind: 'json' | 'xml',
  bytes: Uint8Array,
  roots: readonly Tree[],
  recordsAt: (names: readonly string[]) => string,
  say: (name: string) => string,
  between = '.',
): Shape {
  const tables = roots.filter(isTable)
  const places = roots.length === 1 && tables[0] ? listsIn(tables[0], []) : []
  const own = { names: undefined, rows: tables }
  const best = [own, ...places].map((place) => ({ ...place, told: worth(place.rows, say, between) }))
    .toSorted((a, b) => b.told - a.told)[0] ?? { ...own, told: 0 } // prettier-ignore
  const { columns, lists } = leaves(best.rows.slice(0, ROWS), say, between)
  const records = best.names && recordsAt(best.names)
  return { kind, bytes, columns, lists, twins: [], types: [], ...(records !== undefined && { records }) }
}

function isTable(tree: Tree): tree is Table {
  return typeof tree === 'object' && !Array.isArray(tree)
}

/** Lists of records that are reached by names alone. */
function listsIn(table: Table, above: readonly string[]): { names: readonly string[]; rows: readonly Table[] }[] {
  if (above.length > 3) return []
  return Object.entries(table).flatMap(([name, inner]) => {
    const names = [...above, name]
    if (Array.isArray(inner)) return [{ names, rows: inner.filter(isTable) }]
    return isTable(inner) ? [{ names, rows: [inner] }, ...listsIn(inner, names)] : []
  })
}

/** How much a row tells of a patient: an envelope tells little, the patient's own record most. */
function worth(rows: readonly Table[], say: (name: string) => string, between: string): number {
  const { columns } = leaves(rows.slice(0, 50), say, between)
  const fields = bindColumns(columns).bindings.map(({ field }) => field)
  const patient = fields.filter((field) => field.startsWith('patient.') || field === 'age').length
  return patient === 0 ? 0 : patient * 2 + fields.length + (rows.length > 1 ? 1 : 0)
}

interface Leaf {
  readonly names: readonly string[]
  readonly values: string[]
  many: boolean
}

function leaves(rows: readonly Table[], say: (name: string) => string, between: string) {
  const found = new Map<string, Leaf>()
  const lists = new Map<string, { names: readonly string[]; rows: Table[] }>()
  const walk = (table: Table, above: readonly string[], row: number): void => {
    for (const [name, inner] of Object.entries(table)) {
      const names = [...above, name]
      const key = names.map(say).join(between)
      if (typeof inner === 'string') put(key, names, inner, row)
      else if (isTable(inner)) walk(inner, names, row)
      else {
        const items = inner.filter(isTable)
        if (items.length > 0) lists.set(key, { names, rows: [...(lists.get(key)?.rows ?? []), ...items] })
        else if (inner.length > 0) {
          const texts = inner.filter((one) => typeof one === 'string')
          if (isKnownList(name)) lists.set(key, { names, rows: [...(lists.get(key)?.rows ?? []), ...texts.map((text) => ({ '#text': text }))] })
          else put(key, names, texts.join(', '), row, true)
        } // prettier-ignore
      }
    }
  }
  const put = (key: string, names: readonly string[], value: string, row: number, many = false): void => {
    const leaf = found.get(key) ?? { names, values: Array.from({ length: rows.length }, () => ''), many }
    leaf.many ||= many
    leaf.values[row] = value
    found.set(key, leaf)
  }
  rows.forEach((row, at) => walk(row, [], at))
  for (const key of lists.keys())
    for (const leaf of found.keys()) if (leaf === key || leaf.startsWith(`${key}${between}`)) found.delete(leaf)
  return { columns: labelled(found), lists: [...lists].map(([path, list]) => listOf(path, list, say, between)) }
}

function listOf(path: string, { names, rows }: { names: readonly string[]; rows: readonly Table[] }, say: (name: string) => string, between: string): FoundList {
  const { columns: own } = leaves(rows.slice(0, ROWS), (part) => (part === '#text' ? '.' : say(part)), between)
  const columns = own.length === 1 && own[0]?.path === '.' ? [{ ...own[0], header: names.at(-1) ?? '' }] : own
  return { path: between === '.' ? `${path}[*]` : path, name: names.at(-1) ?? '', columns }
} // prettier-ignore

/** What a leaf is recognised by: its own name, with the one above where it says nothing alone or stands twice. */
function labelled(found: ReadonlyMap<string, Leaf>): Found[] {
  const last = [...found.values()].map(({ names }) => tidy(names.at(-1)))
  return [...found].map(([path, { names, values, many }], at) => {
    const own = last[at] ?? ''
    const unclear = bare.test(own) || last.filter((one) => one === own).length > 1
    return { path, values, ...(many && { many }), header: unclear ? `${tidy(names.at(-2))} ${own}`.trim() : own }
  })
}

function tidy(name = ''): string {
  return name.replace(/^[@#]/, '')
}
