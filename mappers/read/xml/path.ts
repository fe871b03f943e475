import { SpecFault } from '../source.ts'
import { elements, textOf, type XmlItem, type XmlNode } from './node.ts'

/** What a path finds: elements, and texts of attributes. */
type Found = XmlNode | string
type Find = (node: XmlNode) => Found[]

/**
 * `patient/name`, `patient/@id`, `@id`, `*`, `.`, `text()`, predicates `[2]` (from 1), `[name]`, `[path="value"]`,
 * `[path!="value"]`, several at once; `//section` (at the beginning: the elements anywhere inside). A leading `/` starts
 * at the record. Prefixes are left out. Time in proportion to the record: there is no `..`, and `//` only once, first.
 */
export function compilePath(text: string, inEach: boolean): (item: XmlItem) => Found[] {
  const trimmed = text.trim()
  const fromRecord = /^\/(?!\/)/.test(trimmed)
  const anywhere = /^(?:\.?\/\/)/.exec(trimmed)?.[0] ?? ''
  if (anywhere === '//' && inEach) {
    throw new SpecFault(`\`${text}\`: inside an \`each\` write \`.${trimmed}\`, which looks inside the item only.`)
  }
  const find = stepsOf(trimmed.slice(fromRecord ? 1 : anywhere.length), text, anywhere !== '')
  return fromRecord ? (item) => find(item.record) : (item) => find(item.node)
}

function stepsOf(path: string, whole: string, anywhere = false): Find {
  if (path === '.' || (path === '' && whole.trim() === '/')) return (node) => [node]
  const parts = split(path, '/', whole)
  const steps = parts.map((part, i) => step(part, whole, i === parts.length - 1, anywhere && i === 0))
  return (node) => {
    let found: Found[] = [node]
    for (const take of steps) {
      const next: Found[] = []
      for (const one of found) if (typeof one !== 'string') next.push(...take(one))
      if (next.length === 0) return next
      found = next
    }
    return found
  }
}

function step(part: string, whole: string, last: boolean, anywhere: boolean): Find {
  const [head = '', ...predicates] = brackets(part, whole)
  const name = local(head.trim())
  if (name === '' || name === '..') throw new SpecFault(`\`${whole}\` has a step without a name.`)
  if (name.startsWith('@') || name === 'text()') {
    if (!last || predicates.length > 0) throw new SpecFault(`\`${whole}\`: nothing comes after \`${name}\`.`)
    if (name === 'text()') return (node) => [ownText(node)]
    const attribute = local(name.slice(1))
    return (node) => {
      const value = node.attributes.get(attribute)
      return value === undefined ? [] : [value]
    }
  }
  if (!/^(?:\*|\.|[\p{L}_][\p{L}\p{M}\p{N}_.-]*)$/u.test(name)) {
    throw new SpecFault(`\`${whole}\`: \`${head.trim()}\` is no name of an element.`)
  }
  const keeps = predicates.map((predicate) => keep(predicate, whole))
  const children: Find = name === '.' ? (node) => [node] : (node) => elements(node, name === '*' ? undefined : name)
  const base = anywhere ? descendants(name) : children
  return (node) => keeps.reduce((found, keeping) => keeping(found), base(node))
}

/** In the order of the text. */
function descendants(name: string): Find {
  return (node) => {
    const found: Found[] = []
    const walk = (at: XmlNode): void => {
      for (const child of at.children) {
        if (typeof child === 'string') continue
        if (name === '*' || child.name === name) found.push(child)
        walk(child)
      }
    }
    walk(node)
    return found
  }
}

type Keep = (found: Found[]) => Found[]

function keep(predicate: string, whole: string): Keep {
  const inner = predicate.trim()
  if (/^\d{1,6}$/.test(inner)) {
    const at = Number(inner)
    if (at === 0) throw new SpecFault(`\`${whole}\`: elements are counted from 1.`)
    return (found) => found.slice(at - 1, at)
  }
  const test = /^([^="'[\]]+(?:\[.*\])?[^="'[\]]*?)\s*(!?=)\s*(.*)$/.exec(inner)
  if (!test) {
    const find = stepsOf(inner, whole)
    return (found) => found.filter((one) => typeof one !== 'string' && find(one).length > 0)
  }
  const negated = test[2] === '!=' || (test[1] ?? '').endsWith('!')
  const find = stepsOf((test[1] ?? '').replace(/!$/, '').trim(), whole)
  const written = (test[3] ?? '').trim()
  const value = /^(["'])(.*)\1$/.exec(written)?.[2] ?? written
  const holds = (one: XmlNode): boolean => find(one).some((at) => (typeof at === 'string' ? at : textOf(at)) === value)
  return (found) => found.filter((one) => typeof one !== 'string' && holds(one) !== negated)
}

function ownText(node: XmlNode): string {
  const text = node.children.filter((child) => typeof child === 'string').join('')
  return text.replace(/[ \t\r\n]+/g, ' ').trim()
}

function local(name: string): string {
  return name.startsWith('@') ? `@${local(name.slice(1))}` : name.slice(name.indexOf(':') + 1)
}

/** `a[b][c]` → a, b, c. */
function brackets(part: string, whole: string): string[] {
  const out: string[] = []
  let depth = 0
  let quote = ''
  let from = 0
  for (let at = 0; at < part.length; at++) {
    const char = part[at] as string
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '[' && depth++ === 0) {
      if (out.length === 0) out.push(part.slice(0, at))
      from = at + 1
    } else if (char === ']' && --depth === 0) out.push(part.slice(from, at))
    else if (depth === 0 && out.length > 0) throw new SpecFault(`\`${whole}\`: after \`]\` comes \`/\` or \`[\`.`)
  }
  if (depth !== 0 || quote !== '')
    throw new SpecFault(`\`${whole}\` has a bracket or a quotation mark that stands alone.`)
  return out.length === 0 ? [part] : out
}

/** At separators that stand in no bracket and no quotes. */
function split(path: string, separator: string, whole: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quote = ''
  let from = 0
  for (let at = 0; at < path.length; at++) {
    const char = path[at] as string
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth++
    else if (char === ']') depth--
    else if (char === separator && depth === 0) {
      parts.push(path.slice(from, at))
      from = at + 1
    }
  }
  parts.push(path.slice(from))
  if (parts.some((part) => part.trim() === '')) throw new SpecFault(`\`${whole}\` has a step without a name.`)
  return parts
}
