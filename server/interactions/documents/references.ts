import type { Identifier } from '@medplum/fhirtypes'
import type { Issue } from '../../errors.ts'
import type { Systems } from '../../fhir/rules/systems.ts'
import { canonicalName, type Item } from './items.ts'

type Node = Record<string, unknown>

/** A reference by the identifier of a national register that no entry of the document has. */
export interface Logical {
  readonly node: Node
  readonly type: string
  readonly name: string
}

/** Makes the references between the items say their transaction urns, whichever way the document wrote them. */
export class Linker {
  readonly warnings: Issue[] = []
  readonly logical: Logical[] = []
  readonly #byName = new Map<string, Item>()
  readonly #byIdentifier = new Map<string, Item>()

  constructor(
    items: readonly Item[],
    private readonly systems: Systems,
    private readonly base: string,
  ) {
    for (const item of items) {
      for (const name of item.names) if (!this.#byName.has(name)) this.#byName.set(name, item)
      const { identifier } = item.document.value as { identifier?: unknown }
      for (const one of (Array.isArray(identifier) ? identifier : [identifier]) as (Identifier | undefined)[]) {
        const name = one && canonicalName(one, systems)
        if (name !== undefined) this.#byIdentifier.set(name, item)
      }
    }
    for (const item of items) this.#walk(item.document.value as unknown as Node, `Bundle.entry[${item.index}].resource`)
  }

  #walk(node: Node, path: string): void {
    if (typeof node['reference'] === 'string') this.#literal(node, node['reference'], path)
    else if (isIdentifier(node['identifier']) && mayBeReference(node)) this.#identified(node, node['identifier'])
    for (const key in node) {
      const value = node[key]
      if (key === 'url' && typeof value === 'string') {
        const item = this.#byName.get(value)
        if (item) node[key] = item.fullUrl
      } else if (Array.isArray(value)) {
        value.forEach((one: unknown, i) => isNode(one) && this.#walk(one, `${path}.${key}[${i}]`))
      } else if (isNode(value)) this.#walk(value, `${path}.${key}`)
    }
  }

  #literal(node: Node, reference: string, path: string): void {
    if (reference.startsWith('#')) return
    const bare = reference.replace(/#.*$/, '').replace(/\/_history\/[^/]+$/, '')
    const item = this.#byName.get(bare)
    if (item) node['reference'] = item.fullUrl
    else if (/^https?:\/\//.test(bare)) return
    else if (!(isIdentifier(node['identifier']) && this.#identified(node, node['identifier']))) {
      // Relative to the sender's server, not to ours: here the same id may be somebody else.
      delete node['reference']
      node['display'] ??= 'not part of the document'
      const message = 'The document does not hold what this refers to, so the reference was left out'
      const hint = `Add the resource as an entry, or refer to it as ${this.base}/[type]/[id].`
      this.warnings.push({ severity: 'warning', code: 'not-found', message, hint, path })
    }
  }

  #identified(node: Node, identifier: Identifier): boolean {
    const name = canonicalName(identifier, this.systems)
    const item = name === undefined ? undefined : this.#byIdentifier.get(name)
    if (item) node['reference'] = item.fullUrl
    else if (name !== undefined) {
      const [type] = this.systems.of(identifier.system ?? '')?.types ?? []
      if (type) this.logical.push({ node, type, name })
    }
    return item !== undefined
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

function isIdentifier(value: unknown): value is Identifier {
  return isNode(value) && !Array.isArray(value) && typeof value['value'] === 'string'
}

/** A Reference has these members and no others; Composition and Questionnaire have one identifier as well. */
function mayBeReference(node: Node): boolean {
  return Object.keys(node).every((key) => MEMBERS.has(key))
}

const MEMBERS: ReadonlySet<string> = new Set(['id', 'extension', 'type', 'identifier', 'display', '_display', '_type'])
