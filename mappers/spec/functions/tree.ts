import type { File, Kind } from '../../canonical.ts'
import { narrativeOf } from '../../read/ccda/narrative.ts'
import { originalOf } from '../../read/ccda/source.ts'
import type { Raw } from '../../read/source.ts'
import { child, textOf, XmlNode } from '../../read/xml/node.ts'
import type { Cell, Fn, Tools } from '../function.ts'
import { codedOf, rangeOf, valueOf } from './tree/codes.ts'
import { doseOf } from './tree/dose.ts'
import { addressOf, idOf, nameOf, personOf, telecomOf } from './tree/people.ts'
import { readTs, tsIn, written } from './tree/times.ts'
import { languageTag, wordTables } from './tree/words.ts'

/** Functions that read elements of C-CDA: HL7 v3 data types, by the element that a path found. */
export const treeFunctions: readonly Fn[] = [
  {
    name: 'cda-ts',
    about: 'a time: TS, IVL_TS (its low unless told: { cda-ts: high })',
    takes: 'raw',
    gives: 'any',
    option: { enum: ['low', 'center', 'high', 'value'] },
    make: (option, tools) => {
      if (!TIMES.has(tools.wants)) return tools.fault('A time does not fit this field.')
      const which = option as string | undefined
      return (raw, cell) => time(raw, which === 'value' ? undefined : which, tools, cell)
    },
  },
  row('cda-name', 'name', 'a name with its parts: PN', nameOf),
  row('cda-address', 'address', 'an address: AD', addressOf),
  row('cda-telecom', 'phone', 'a telephone number or e-mail address: TEL', telecomOf),
  row('cda-id', 'identifier', 'an identifier: II', idOf),
  row('cda-code', 'coded', 'a code with its translations: CD, CE', codedOf),
  row('cda-person', 'person', 'who did it: an author, performer, assigned entity', personOf),
  row('cda-dose', 'dose', 'how to take a medicine, from its substanceAdministration', doseOf),
  row('cda-range', 'text', 'a reference range', rangeOf),
  row(
    'cda-text',
    'text',
    'narrative as text, a line for each row and paragraph',
    (node) => narrativeOf(node) || undefined,
  ),
  {
    name: 'cda-value',
    about: 'a result of any type: PQ, IVL_PQ, CD, ST, INT …',
    takes: 'raw',
    gives: 'measure',
    make:
      (_, { zone }) =>
      (raw) =>
        raw instanceof XmlNode ? valueOf(raw, zone) : { text: plain(raw) },
  },
  {
    name: 'cda-word',
    about: 'our word for a code that says how something stands: { cda-word: allergy-status }',
    takes: 'text',
    gives: 'text',
    option: { enum: Object.keys(wordTables) },
    make: (option) => {
      const table = wordTables[option as string] ?? {}
      return (raw) => {
        const code = typeof raw === 'string' ? raw.trim() : ''
        return Object.hasOwn(table, code) ? table[code] : undefined
      }
    },
  },
  {
    name: 'cda-language',
    about: 'a language by its code: eng, en-US',
    takes: 'text',
    gives: 'coded',
    make: () => (raw) => {
      const code = languageTag(plain(raw))
      return code === undefined ? undefined : { codings: [{ system: 'urn:ietf:bcp:47', code }] }
    },
  },
  {
    name: 'cda-number',
    about: 'the number of a quantity, its digits as sent',
    takes: 'raw',
    gives: 'number',
    make: () => (raw) => {
      const value = raw instanceof XmlNode ? raw.attributes.get('value') : plain(raw)
      return value !== undefined && /^[-+]?\d+(?:\.\d+)?$/.test(value.trim()) ? value.trim() : undefined
    },
  },
  {
    name: 'cda-file',
    about: 'what a document holds that is no XML: nonXMLBody/text, observationMedia/value',
    takes: 'raw',
    gives: 'attachment',
    make: () => (raw) => (raw instanceof XmlNode ? fileOf(raw) : undefined),
  },
  {
    name: 'cda-original',
    about: 'the document itself, as it was sent: of the root element',
    takes: 'raw',
    gives: 'attachment',
    make:
      () =>
      (raw): File | undefined => {
        const text = raw instanceof XmlNode ? originalOf(raw) : undefined
        return text === undefined ? undefined : { contentType: 'text/xml', data: Buffer.from(text).toString('base64') }
      },
  },
]

const TIMES: ReadonlySet<Kind> = new Set(['instant', 'date', 'birth', 'text'])

function time(raw: Raw, which: string | undefined, tools: Tools, cell: Cell): unknown {
  const text = raw instanceof XmlNode ? tsIn(raw, which) : plain(raw)
  if (text === undefined || text.trim() === '') return undefined
  const moment = readTs(text)
  if (moment) return written(moment, tools.wants, tools.zone)
  cell.report('VALUE_FORMAT', { value: text, detail: 'A time of HL7 is expected.' })
  return undefined
}

/** Of what is no element: a path to an attribute gives its text. */
function plain(raw: Raw): string {
  return typeof raw === 'object' ? '' : String(raw)
}

function row(name: string, gives: Kind, about: string, read: (node: XmlNode) => unknown): Fn {
  return { name, about, takes: 'raw', gives, make: () => (raw) => (raw instanceof XmlNode ? read(raw) : undefined) }
}

function fileOf(node: XmlNode): File | undefined {
  const contentType = node.attributes.get('mediaType') ?? 'text/plain'
  const url = child(node, 'reference')?.attributes.get('value')
  if (url !== undefined) return { contentType, url }
  const text = textOf(node)
  if (text === '') return undefined
  if (node.attributes.get('representation') !== 'B64') return { contentType, text }
  const data = text.replace(/\s+/g, '')
  return data.length % 4 === 0 && /^[\w+/]+={0,2}$/.test(data) ? { contentType, data } : undefined
}
