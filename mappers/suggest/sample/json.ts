import { parseDocument } from '../../read/json/parse.ts'
import { lookAtFhir } from './fhir.ts'
import type { PathForm, Tree } from './leaves.ts'
import { shapeOfTrees } from './records.ts'
import type { Shape } from './sample.ts'

/** One document, a list of records, or a record a line. */
export function lookAtJson(text: string, bytes: Uint8Array): Shape {
  const roots = rootsOf(text)
  return lookAtFhir(roots, bytes) ?? shapeOfTrees('json', bytes, { roots: roots.map(treeOf), form })
}

function rootsOf(text: string): unknown[] {
  const whole = parseDocument(text, 1)
  if (!('issue' in whole)) return Array.isArray(whole.value) ? (whole.value as unknown[]) : [whole.value]
  return text.split(/\r?\n/).flatMap((line) => {
    if (line.trim() === '') return []
    const one = parseDocument(line, 1)
    return 'issue' in one ? [] : [one.value]
  })
}

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, treeOf(inner)]))
  return value === null || value === undefined ? '' : String(value as string | number | boolean)
}

/** `name.with dots` → `["name.with dots"]` */
function step(name: string): string {
  return /[.[\]"]/.test(name) ? `["${name.replaceAll('"', '')}"]` : name
}

const form: PathForm = {
  step,
  between: '.',
  recordsAt: (names) => `${names.map(step).join('.')}[*]`,
  itemsAt: (path) => `${path}[*]`,
}
