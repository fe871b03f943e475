import { child, elements, XmlNode } from '../xml/node.ts'
import { narrativeOf } from './narrative.ts'

/**
 * A document as paths ask it: without what only says that nothing is known, and with the narrative in the place of the
 * references to it (https://hl7.org/cda/us/ccda: originalText/reference, text/reference).
 */
export function prepare(root: XmlNode): XmlNode {
  if (root.name !== 'ClinicalDocument') return root
  prune(root)
  inherit(root)
  forgetShared(root)
  resolve(root, narratives(root))
  return root
}

/** What an act says of what it holds: a concern its status, an organizer its time. Paths look into an item, never out of it. */
function inherit(node: XmlNode): void {
  const status = node.name === 'act' ? child(node, 'statusCode')?.attributes.get('code') : undefined
  const time = node.name === 'organizer' ? child(node, 'effectiveTime') : undefined
  for (const holder of elements(node)) {
    for (const observation of elements(holder, 'observation')) {
      if (status !== undefined) observation.attributes = new Map([...observation.attributes, ['concern', status]])
      if (time && !child(observation, 'effectiveTime')) observation.children.push(time)
    }
    inherit(holder)
  }
}

/**
 * Statements that differ under one id (copied templates): the id tells none of them from the others, so it is left out.
 * The same statement in two sections keeps it.
 */
function forgetShared(root: XmlNode): void {
  const known = new Map<string, { said: string; holders: XmlNode[]; differ: boolean }>()
  const walk = (node: XmlNode): void => {
    if (ACTS.has(node.name)) {
      const said = statement(node)
      for (const id of elements(node, 'id')) {
        const key = `${id.attributes.get('root')}|${id.attributes.get('extension')}`
        const entry = known.get(key) ?? { said, holders: [], differ: false }
        entry.holders.push(node)
        entry.differ ||= entry.said !== said
        known.set(key, entry)
      }
    }
    for (const one of elements(node)) walk(one)
  }
  walk(root)
  for (const [key, { holders, differ }] of known) if (differ) for (const node of holders) forgetId(node, key)
}

function forgetId({ children }: XmlNode, key: string): void {
  const at = children.findIndex(
    (one) =>
      one instanceof XmlNode &&
      one.name === 'id' &&
      `${one.attributes.get('root')}|${one.attributes.get('extension')}` === key,
  )
  if (at >= 0) children.splice(at, 1)
}

/** What an act says: kind, code, value, material, time. */
function statement(node: XmlNode): string {
  const material = child(node, 'consumable', 'manufacturedProduct', 'manufacturedMaterial', 'code')
  const low = child(node, 'effectiveTime', 'low')
  const parts = [child(node, 'code'), child(node, 'value'), material, child(node, 'effectiveTime'), low]
  return [node.name, ...parts.map((one) => `${one?.attributes.get('code')} ${one?.attributes.get('value')}`)].join('|')
}

/** Longer than any note a reference means. */
const LONGEST = 20_000

function prune(node: XmlNode): void {
  const { children } = node
  let kept = 0
  for (const child of children) {
    if (child instanceof XmlNode) {
      prune(child)
      if (isNothing(child)) continue
    }
    children[kept++] = child
  }
  children.length = kept
}

/** `<birthTime nullFlavor="UNK"/>`; acts and sections that say so hold placeholders only. */
function isNothing(node: XmlNode): boolean {
  if (!node.attributes.has('nullFlavor')) return false
  if (ACTS.has(node.name)) return true
  if (node.children.some((child) => child instanceof XmlNode || child.trim() !== '')) return false
  return ![...node.attributes.keys()].some((name) => SAYING.has(name))
}

const ACTS = new Set([
  'section',
  'act',
  'observation',
  'organizer',
  'substanceAdministration',
  'procedure',
  'encounter',
  'supply',
])
const SAYING = new Set(['value', 'code', 'extension', 'root', 'displayName'])

function narratives(root: XmlNode): ReadonlyMap<string, XmlNode> {
  const found = new Map<string, XmlNode>()
  const walk = (node: XmlNode, inside: boolean): void => {
    const id = node.attributes.get('ID')
    if (inside && id !== undefined && !found.has(id)) found.set(id, node)
    for (const child of elements(node)) walk(child, inside || (node.name === 'section' && child.name === 'text'))
  }
  walk(root, false)
  return found
}

function resolve(root: XmlNode, narrative: ReadonlyMap<string, XmlNode>): void {
  const texts = new Map<string, string>()
  const textAt = (id: string): string | undefined => {
    const node = narrative.get(id)
    if (!node) return undefined
    let text = texts.get(id)
    if (text === undefined) texts.set(id, (text = narrativeOf(node).slice(0, LONGEST)))
    return text
  }
  const walk = (node: XmlNode): void => {
    const value = node.name === 'reference' ? node.attributes.get('value') : undefined
    if (value?.startsWith('#')) {
      const text = textAt(value.slice(1))
      if (text !== undefined && node.children.length === 0) node.children.push(text)
    }
    if (node.name === 'text' && node.children.length > 0 && !node.attributes.has('mediaType') && isNarrative(node))
      return
    for (const child of elements(node)) walk(child)
  }
  walk(root)
}

/** A section's own text holds no references to itself. */
function isNarrative(text: XmlNode): boolean {
  return !text.children.some((child) => child instanceof XmlNode && child.name === 'reference')
}
