import { isUtf8 } from 'node:buffer'
import { startOfText, wholeCharacters, windows1252 } from '../../read/encoding.ts'

export interface Decoded {
  /** What `source.encoding` should say. */
  readonly encoding: readonly string[]
  readonly text: string
}

/** The text as it reads in the encoding that its bytes show. */
export function decoded(bytes: Uint8Array): Decoded {
  const { encoding, skip } = startOfText(bytes, [])
  const body = bytes.subarray(skip)
  if (encoding !== undefined && encoding !== 'utf-8')
    return { encoding: [encoding], text: new TextDecoder(encoding).decode(body) }
  if (isUtf8(body.subarray(0, wholeCharacters(body))))
    return { encoding: ['utf-8'], text: Buffer.from(body).toString() }
  const text = new TextDecoder('utf-8').decode(body)
  return isMostlyUtf8(text)
    ? { encoding: ['utf-8', 'windows-1252'], text }
    : { encoding: ['windows-1252'], text: windows1252(body) }
}

const REPLACEMENT = '\uFFFD'
const ASCII_OR_DAMAGED = /[\0-\x7f\uFFFD]/g // eslint-disable-line no-control-regex -- all of ASCII

/** Much that is beyond ASCII came out whole. */
function isMostlyUtf8(text: string): boolean {
  const damaged = text.split(REPLACEMENT).length - 1
  const beyond = text.replace(ASCII_OR_DAMAGED, '').length
  return damaged * 5 < beyond
}
