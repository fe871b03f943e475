import { isUtf8 } from 'node:buffer'
import { FileStop, type Issue } from '../issues.ts'
import { kindOfBinary, startOfText, wholeCharacters, windows1252 } from '../read/encoding.ts'
import { Splitter } from '../read/hl7v2/frames.ts'
import { parseMessage } from '../read/hl7v2/hl7v2.ts'
import type { Column } from './bind.ts'
import { lookAtFixed } from './fixed.ts'
import { lookAtTable, lookAtWorkbook } from './table.ts'
import { lookAtTree } from './tree.ts'

/** A column of a table or a leaf of a tree: `path` is what a binding says, `header` what it is recognised by. */
export interface Found extends Column {
  readonly path: string
  /** Of a tree: the path finds several values. */
  readonly many?: boolean
  /** Why nothing is bound to it, where there is a reason. */
  readonly reason?: string
}

/** A list inside of a tree's record: `path` finds its items, the paths of its columns begin there. */
export interface FoundList {
  readonly path: string
  readonly name: string
  readonly columns: readonly Found[]
}

export type Kind = 'csv' | 'xlsx' | 'fixed' | 'hl7v2' | 'json' | 'xml' | 'ccda' | 'fhir'

/** What a file shows of itself; `source` are words for `source:` of a facility file. */
export interface Sample {
  readonly kind: Kind
  readonly bytes: Uint8Array
  readonly encoding: readonly string[]
  readonly separator?: string
  /** Of a workbook: the sheet that holds the records, where it is not the first. */
  readonly sheet?: string
  /** Of trees: where the records are. */
  readonly records?: string
  /** Of fixed columns: name → first-last character, and how many lines stand above the rows. */
  readonly places?: Readonly<Record<string, string>>
  readonly titleRows?: number
  readonly columns: readonly Found[]
  readonly lists: readonly FoundList[]
  /** Headers that stand twice: a table may not have those. */
  readonly twins: readonly string[]
  /** HL7 v2: `ADT^A01` … ; FHIR: the types of resources. */
  readonly types: readonly string[]
  /** FHIR: STU3 by what the resources hold; documents as ABDM has them. */
  readonly flavour?: 'document' | 'STU3'
}

/** So much of a file is looked at. */
const MOST_BYTES = 4 * 1024 * 1024

/** Nothing can be suggested for it: what it is instead. */
export class NoSample extends Error {}

/** Finds out what a file is by what stands in it; its name says nothing. Throws NoSample. */
export async function lookAt(file: Uint8Array): Promise<Sample> {
  try {
    return await look(file)
  } catch (error) {
    if (error instanceof FileStop) throw new NoSample(told(error.issue), { cause: error })
    throw error
  }
}

async function look(file: Uint8Array): Promise<Sample> {
  if (file.length === 0) throw new NoSample('The file is empty.')
  const binary = kindOfBinary(file)
  if (binary?.includes('XLSX')) return { ...(await lookAtWorkbook(file)), encoding: [] }
  if (binary !== undefined) throw new NoSample(`The file is ${binary}.`)
  const bytes = file.subarray(0, MOST_BYTES)
  const { encoding, text } = decoded(bytes)
  const start = text.slice(0, 2000).replace(/^[\0\s]+/, '') // eslint-disable-line no-control-regex -- some senders pad with NULs
  if (/^\x0b?(?:MSH|FHS|BHS)[^A-Za-z0-9\s]/.test(start)) return messages(bytes, encoding) // eslint-disable-line no-control-regex -- MLLP frames begin so
  if (/^[[{]/.test(start) || start.startsWith('<')) return { ...lookAtTree(text, bytes), encoding }
  const fixed = lookAtFixed(text, bytes)
  if (fixed) return { ...fixed, encoding }
  return { ...(await lookAtTable(bytes, { kind: 'csv', encoding })), encoding }
}

function told({ message, remedy }: Issue): string {
  return `${message} ${remedy}`
}

/** What `source.encoding` should say, and the text as it reads then. */
function decoded(bytes: Uint8Array): { encoding: readonly string[]; text: string } {
  const { encoding, skip } = startOfText(bytes, [])
  const body = bytes.subarray(skip)
  if (encoding !== undefined && encoding !== 'utf-8')
    return { encoding: [encoding], text: new TextDecoder(encoding).decode(body) }
  if (isUtf8(body.subarray(0, wholeCharacters(body))))
    return { encoding: ['utf-8'], text: Buffer.from(body).toString() }
  const text = new TextDecoder('utf-8').decode(body)
  const damaged = text.split('\uFFFD').length - 1
  const beyond = text.replace(/[\0-\x7f\uFFFD]/g, '').length // eslint-disable-line no-control-regex -- all of ASCII
  return damaged * 5 < beyond
    ? { encoding: ['utf-8', 'windows-1252'], text }
    : { encoding: ['windows-1252'], text: windows1252(body) }
}

function messages(bytes: Uint8Array, encoding: readonly string[]): Sample {
  const splitter = new Splitter()
  const frames = [...splitter.push(bytes), ...splitter.end()].filter(({ kind }) => kind === 'message')
  const types = new Set(frames.flatMap(({ text }) => parseMessage(Buffer.from(text, 'latin1'))?.type ?? []))
  return { kind: 'hl7v2', bytes, encoding, columns: [], lists: [], twins: [], types: [...types].toSorted() }
}
