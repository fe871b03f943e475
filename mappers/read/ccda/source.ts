import { issue } from '../../issues.ts'
import { SpecFault, type Source, type SourceOptions, type SourceTools, type Unit } from '../source.ts'
import { child, textOf, XmlNode, type XmlItem } from '../xml/node.ts'
import { openXml } from '../xml/source.ts'
import { prepare } from './prepare.ts'

/** What was sent, for the document itself: by its root. */
const originals = new WeakMap<XmlNode, () => string>()

export function originalOf(root: XmlNode): string | undefined {
  return originals.get(root)?.()
}

/**
 * C-CDA: a ClinicalDocument is a record. Paths give elements, which the cda-… functions read; elements that only say that
 * nothing is known (nullFlavor) are not there, and references into the narrative hold the text they lead to. What is a
 * part of a document only (a section, an entry) is refused: it says nothing of whom it speaks.
 */
export function openCcda(options: SourceOptions, tools: Pick<SourceTools, 'limits'>): Source<XmlItem> {
  if (options.records !== undefined) throw new SpecFault('A C-CDA document is one record: leave `source.records` out.')
  const xml = openXml(options, tools, { prepare, answers: (found) => found })
  return {
    ...xml,
    text: (node) => (node instanceof XmlNode ? said(node) : undefined),
    async *read(bytes, seen) {
      for await (const batch of xml.read(bytes, seen)) yield batch.map(document)
    },
  }
}

/** An element as a text: what it holds, or its value. */
function said(node: XmlNode): string {
  return textOf(node) || (node.attributes.get('value') ?? node.attributes.get('displayName') ?? '')
}

function document(unit: Unit<XmlItem>): Unit<XmlItem> {
  const { item, line, raw } = unit
  if (!item) return unit
  if (item.record.name === 'ClinicalDocument' && child(item.record, 'recordTarget')) {
    originals.set(item.record, raw)
    return unit
  }
  const detail = 'It is a part of a document: only a whole ClinicalDocument tells whom it speaks of.'
  return { line, raw, issues: [issue('FILE_FORMAT', { line, level: 'error', detail })] }
}
