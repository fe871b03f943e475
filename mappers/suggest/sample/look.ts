import { FileStop } from '../../issues.ts'
import { kindOfBinary } from '../../read/encoding.ts'
import { Splitter } from '../../read/hl7v2/frames.ts'
import { parseMessage } from '../../read/hl7v2/hl7v2.ts'
import { decoded } from './decoded.ts'
import { lookAtFixed } from './fixed.ts'
import { NoSample, shape, type Sample, type Shape } from './sample.ts'
import { lookAtTable } from './table.ts'
import { lookAtTree } from './tree.ts'
import { lookAtWorkbook } from './workbook.ts'

/** So much of a file is looked at. */
const MOST_BYTES = 4 * 1024 * 1024

/** Finds out what a file is by what stands in it; its name says nothing. Throws NoSample. */
export async function lookAt(file: Uint8Array): Promise<Sample> {
  try {
    return await look(file)
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    throw new NoSample(`${error.issue.message} ${error.issue.remedy}`, { cause: error })
  }
}

async function look(file: Uint8Array): Promise<Sample> {
  if (file.length === 0) throw new NoSample('The file is empty.')
  const binary = kindOfBinary(file)
  if (binary?.includes('XLSX')) return { ...(await lookAtWorkbook(file)), encoding: [] }
  if (binary !== undefined) throw new NoSample(`The file is ${binary}.`)
  const bytes = file.subarray(0, MOST_BYTES)
  const { encoding, text } = decoded(bytes)
  return { ...(await shapeOf(bytes, text, encoding)), encoding }
}

const MESSAGE = /^\x0b?(?:MSH|FHS|BHS)[^A-Za-z0-9\s]/ // eslint-disable-line no-control-regex -- MLLP frames begin so
const PADDING = /^[\0\s]+/ // eslint-disable-line no-control-regex -- some senders pad with NULs

async function shapeOf(bytes: Uint8Array, text: string, encoding: readonly string[]): Promise<Shape> {
  const start = text.slice(0, 2000).replace(PADDING, '')
  if (MESSAGE.test(start)) return lookAtMessages(bytes)
  if (/^[[{<]/.test(start)) return lookAtTree(text, bytes)
  return lookAtFixed(text, bytes) ?? (await lookAtTable(bytes, { kind: 'csv', encoding }))
}

function lookAtMessages(bytes: Uint8Array): Shape {
  const splitter = new Splitter()
  const frames = [...splitter.push(bytes), ...splitter.end()].filter(({ kind }) => kind === 'message')
  const types = new Set(frames.flatMap(({ text }) => parseMessage(Buffer.from(text, 'latin1'))?.type ?? []))
  return shape('hl7v2', bytes, { types: [...types].toSorted() })
}
