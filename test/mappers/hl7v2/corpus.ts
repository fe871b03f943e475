import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Splitter } from '../../../mappers/read/hl7v2/frames.ts'
import { dataFolder, hasData } from '../../fhir/data.ts'

const facilities = join(import.meta.dirname, '../../../fixtures/facilities')

export interface Sample {
  readonly name: string
  /** One message; segments end in CR. */
  readonly text: string
}

/**
 * Messages of our own facilities, of each file and kind the first that is not broken, and those that another converter was given,
 * where they are.
 */
export function* samples(): Generator<Sample> {
  for (const { name } of readdirSync(facilities, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const file = readdirSync(join(facilities, name)).find((one) => one === 'input.hl7')
    const kinds = new Set<string>()
    for (const text of file ? messagesOf(readFileSync(join(facilities, name, file))) : []) {
      const kind = text.split('|')[8] ?? ''
      if (kinds.has(kind) || !isWhole(text)) continue
      kinds.add(kind)
      yield { name: `${name} ${kind}`, text }
    }
  }
  if (!hasData('ms-converter-hl7v2')) return
  const folder = join(dataFolder, 'ms-converter-hl7v2')
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.hl7')))
    for (const text of messagesOf(readFileSync(join(folder, file)))) yield { name: file, text }
}

/** Each line is a segment. */
function isWhole(text: string): boolean {
  const mark = text.charAt(3)
  return text
    .split('\r')
    .every((line) => line === '' || (/^[A-Z][A-Z0-9]{2}/.test(line) && [mark, ''].includes(line.charAt(3))))
}

function messagesOf(bytes: Uint8Array): string[] {
  const splitter = new Splitter()
  const frames = [...splitter.push(bytes), ...splitter.end()].filter(({ kind }) => kind === 'message')
  return frames.map(({ text }) => {
    const lines = Buffer.from(text, 'latin1')
      .toString('utf8')
      .replace(/\p{Cc}+/gu, '\r')
      .split('\r')
    return lines
      .filter((line) => line.trim() !== '')
      .map((line) => `${line}\r`)
      .join('')
  })
}
