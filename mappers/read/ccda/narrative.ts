import { XmlNode } from '../xml/node.ts'

/** Narrative as text: a line for each paragraph, row and item, cells apart. */
export function narrativeOf(node: XmlNode): string {
  return said(node)
    .split('\n')
    .map((line) =>
      line
        .replace(/[ \t\r]+/g, ' ')
        .replace(/(?: \| )+$/, '')
        .replace(/^(?: ?\| )+/, '')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n')
}

const LINES = new Set([
  'br',
  'paragraph',
  'tr',
  'item',
  'list',
  'table',
  'caption',
  'thead',
  'tbody',
  'title',
  'div',
  'p',
  'li',
])

function said(node: XmlNode): string {
  let text = ''
  for (const child of node.children) {
    if (!(child instanceof XmlNode)) text += child.replace(/\s+/g, ' ')
    else if (child.name === 'reference') text += child.children.join('')
    else if (LINES.has(child.name)) text += `\n${said(child)}\n`
    else if (child.name === 'td' || child.name === 'th') text += `${said(child).trim().replace(/\n+/g, ' ')} | `
    else text += said(child)
  }
  return text
}
