import { elements, textOf, type XmlNode } from '../../read/xml/node.ts'
import { parseRecord } from '../../read/xml/parse.ts'
import { OWN_TEXT, type PathForm, type Tree } from './leaves.ts'
import { shapeOfTrees } from './records.ts'
import { shape, type Shape } from './sample.ts'

/** What may stand before the root: the declaration, comments, blanks. */
const PROLOGUE = /^(?:<\?[^>]*\?>|<!--[\s\S]*?-->|\s)+/

export function lookAtXml(text: string, bytes: Uint8Array): Shape {
  const root = parseRecord(text.slice(text.indexOf('<')).replace(PROLOGUE, ''), 1, 100)
  if ('issue' in root) return shape('xml', bytes)
  const { name } = root.node
  if (name === 'ClinicalDocument') return shape('ccda', bytes)
  return shapeOfTrees('xml', bytes, { roots: [treeOf(root.node)], form: formUnder(name) })
}

function treeOf(node: XmlNode): Tree {
  const inner = elements(node)
  const attributes = [...node.attributes].map(([name, value]): [string, Tree] => [`@${name}`, value])
  if (inner.length === 0 && attributes.length === 0) return textOf(node)
  const names = [...new Set(inner.map(({ name }) => name))]
  const children = names.map((name): [string, Tree] => [name, childrenNamed(name, node)])
  const own: [string, Tree][] = inner.length === 0 && textOf(node) !== '' ? [[OWN_TEXT, textOf(node)]] : []
  return Object.fromEntries([...attributes, ...own, ...children])
}

/** Several are a list, and so is one in an element that is named after it: `<visits><visit>`. */
function childrenNamed(name: string, parent: XmlNode): Tree {
  const same = elements(parent, name).map(treeOf)
  const isList = same.length > 1 || new RegExp(`^${name}(?:s|es|list)$`, 'i').test(parent.name)
  return isList ? same : (same[0] ?? '')
}

function formUnder(root: string): PathForm {
  return {
    step: (name) => (name === OWN_TEXT ? '.' : name),
    between: '/',
    recordsAt: (names) => [root, ...names].join('/'),
    itemsAt: (path) => path,
  }
}
