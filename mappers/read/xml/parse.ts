import { SaxesParser } from 'saxes'
import { FileStop, issue, type Issue } from '../../issues.ts'
import { XmlNode } from './node.ts'

/** The tree of a record's text, or what was wrong with it, at its physical line. */
export function parseRecord(text: string, line: number, maxDepth: number): { node: XmlNode } | { issue: Issue } {
  const parser = new SaxesParser()
  const open: XmlNode[] = []
  let root: XmlNode | undefined
  const say = (content: string): void => {
    const children = open.at(-1)?.children
    if (!children) return
    const last = children.length - 1
    if (typeof children[last] === 'string') children[last] += content
    else children.push(content)
  }
  parser.on('opentag', ({ name, attributes }) => {
    const node = new XmlNode(local(name))
    const names = Object.keys(attributes)
    if (names.length > 0) node.attributes = attributesOf(names, attributes)
    if (open.length >= maxDepth) throw new FileStop(issue('LIMIT_DEPTH', { line: line + parser.line - 1 }))
    open.at(-1)?.children.push(node)
    open.push(node)
    root ??= node
  })
  parser.on('closetag', () => void open.pop())
  parser.on('text', say)
  parser.on('cdata', say)
  parser.on('error', ({ message }) => {
    throw new Fault(plain(message))
  })
  const refused = (detail: string): { issue: Issue } => ({
    issue: issue('FILE_FORMAT', { line: line + parser.line - 1, level: 'error', detail }),
  })
  try {
    parser.write(text).close()
  } catch (error) {
    if (error instanceof Fault) return refused(error.message)
    throw error
  }
  return root ? { node: root } : refused('There is no element.')
}

class Fault extends Error {}

function attributesOf(names: readonly string[], values: Readonly<Record<string, string>>): Map<string, string> {
  const map = new Map<string, string>()
  for (const name of names) if (!name.startsWith('xmlns')) map.set(local(name), values[name] ?? '')
  return map
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** saxes says `3:14: undefined entity: x.` and may quote; only what is wrong is kept. */
function plain(message: string): string {
  const what = message.replace(/^(?:[^:]*:)?\d+:\d+:\s*/, '')
  return `XML: ${/^[a-z][a-z '<>&-]*/i.exec(what)?.[0].trim() ?? 'not well-formed'}.`
}
