const NONE: ReadonlyMap<string, string> = new Map()

/** An element of a record. Names are without their prefix. As a string it is its text. */
export class XmlNode {
  attributes: ReadonlyMap<string, string> = NONE
  readonly children: (XmlNode | string)[] = []

  constructor(readonly name: string) {}

  toString(): string {
    return textOf(this)
  }
}

/** A record's element, or what an `each` found in it. */
export interface XmlItem {
  readonly node: XmlNode
  readonly record: XmlNode
}

/** The text in an element, all of it, blanks folded (XPath normalize-space). */
export function textOf(node: XmlNode): string {
  const only = node.children[0]
  const text = node.children.length === 1 && typeof only === 'string' ? only : deepText(node)
  return text.replace(/[ \t\r\n]+/g, ' ').trim()
}

export function deepText(node: XmlNode): string {
  let text = ''
  for (const child of node.children) text += typeof child === 'string' ? child : deepText(child)
  return text
}

export function elements(node: XmlNode, name?: string): XmlNode[] {
  const found: XmlNode[] = []
  for (const child of node.children) {
    if (typeof child !== 'string' && (name === undefined || child.name === name)) found.push(child)
  }
  return found
}

export function child(node: XmlNode | undefined, ...names: readonly string[]): XmlNode | undefined {
  let at = node
  for (const name of names) {
    at = at?.children.find((one): one is XmlNode => typeof one !== 'string' && one.name === name)
  }
  return at
}
