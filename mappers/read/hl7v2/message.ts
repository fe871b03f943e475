import { hash } from 'node:crypto'
import { issue, type Issue } from '../../issues.ts'
import { type Delimiters, delimitersOf, unescape } from './delimiters.ts'

/** HL7 v2: "remove what you know", distinct from an empty field, which says nothing (2.5.3). */
export const NULL = '""'

/** One repetition of a field: what the functions of functions/hl7.ts read. */
export class Repetition {
  #components: readonly string[] | undefined

  constructor(
    readonly segment: Segment,
    /** Of the field: 3 of PID-3. */
    readonly number: number,
    /** With its delimiters and escapes, as sent. */
    readonly encoded: string,
  ) {}

  get components(): readonly string[] {
    return (this.#components ??= this.encoded.split(this.segment.delimiters.component))
  }

  /** A leaf, unescaped and trimmed; '' when it is not there, or null. A component's text is its first sub-component. */
  text(component: number, subcomponent = 1): string {
    const { delimiters } = this.segment
    const encoded = this.components[component - 1] ?? ''
    if (encoded === '') return ''
    const leaf = encoded.split(delimiters.subcomponent)[subcomponent - 1] ?? ''
    return leaf.trim() === NULL ? '' : unescape(leaf, delimiters).trim()
  }

  /** Of the whole field, or of a component. */
  isNull(component?: number): boolean {
    const encoded = component === undefined ? this.encoded : this.components[component - 1]
    return encoded !== undefined && encoded.includes(NULL) && bare(encoded, this.segment.delimiters).trim() === NULL
  }

  /** All of it as one text: of ST, TX and FT, where delimiters that somebody forgot to escape are part of it. */
  whole(): string {
    const { delimiters } = this.segment
    return this.isNull() ? '' : unescape(bare(this.encoded, delimiters), delimiters)
  }

  /** A field read as a simple one is its first component (2.5.3: receivers of an older version). */
  toString(): string {
    return this.text(1)
  }
}

/** Without the delimiters at its end, which part nothing from nothing (2.5.3: as if they were not there). */
function bare(encoded: string, { component, subcomponent }: Delimiters): string {
  let end = encoded.length
  while (end > 0 && (encoded[end - 1] === component || encoded[end - 1] === subcomponent)) end--
  return end === encoded.length ? encoded : encoded.slice(0, end)
}

export class Segment {
  readonly name: string
  #fields: readonly string[] | undefined

  constructor(
    readonly encoded: string,
    /** In the message, from 1. */
    readonly line: number,
    readonly delimiters: Delimiters,
  ) {
    this.name = encoded.slice(0, 3)
  }

  /** By number; MSH-1 is the delimiter itself, so MSH counts one less (2.15.9.1). */
  field(number: number): string {
    this.#fields ??= this.encoded.split(this.delimiters.field)
    if (!headers.has(this.name)) return this.#fields[number] ?? ''
    return number === 1 ? this.delimiters.field : (this.#fields[number - 1] ?? '')
  }

  /** Of a field: those that hold more than delimiters. MSH-2 is never parted. */
  repetitions(number: number): readonly Repetition[] {
    const field = this.field(number)
    if (field === '') return []
    if (number === 2 && headers.has(this.name)) return [new Repetition(this, number, field)]
    const { repetition } = this.delimiters
    if (!field.includes(repetition))
      return bare(field, this.delimiters) === '' ? [] : [new Repetition(this, number, field)]
    return field
      .split(repetition)
      .filter((encoded) => bare(encoded, this.delimiters) !== '')
      .map((encoded) => new Repetition(this, number, encoded))
  }

  text(number: number, component = 1, subcomponent = 1): string {
    return this.repetitions(number)[0]?.text(component, subcomponent) ?? ''
  }
}

const headers = new Set(['MSH', 'FHS', 'BHS'])

export class Message {
  #type: string | undefined

  constructor(
    /** The first one is the MSH. */
    readonly segments: readonly [Segment, ...Segment[]],
    readonly delimiters: Delimiters,
  ) {}

  get header(): Segment {
    return this.segments[0]
  }

  /** `ADT^A01`; the trigger of a sender of old versions stands in EVN-1 or in the structure (`ORU_R01`). */
  get type(): string {
    return (this.#type ??= this.#typeOf())
  }

  /** MSH-9.1 and MSH-9.2 as they are meant. */
  typePart(component: number): string {
    return this.type.split('^')[component - 1] ?? ''
  }

  #typeOf(): string {
    const code = this.header.text(9).toUpperCase()
    const [first = '', second] = code.split('_')
    const trigger = this.header.text(9, 2) || second || this.header.text(9, 3).split('_')[1] || this.#event()
    return trigger ? `${first}^${trigger.toUpperCase()}` : first
  }

  get controlId(): string {
    return this.header.text(10)
  }

  /** What it is known by: a sender that numbers no messages sends equal ones for one. */
  get name(): string {
    return this.controlId || `sha256:${hash('sha256', this.#contents(), 'hex').slice(0, 32)}`
  }

  get sendingApplication(): string {
    return this.header.text(3)
  }

  get sendingFacility(): string {
    return this.header.text(4)
  }

  get version(): string {
    return this.header.text(12)
  }

  #contents(): string {
    return this.segments.map(({ encoded }) => encoded.trimEnd()).join('\r')
  }

  #event(): string | undefined {
    return this.segments.find(({ name }) => name === 'EVN')?.text(1)
  }
}

export interface Parsed {
  readonly message: Message
  /** SEG_UNKNOWN, with the line in the message. */
  readonly issues: readonly Issue[]
  /** Physical lines, for the line numbers of what follows. */
  readonly lines: number
}

/**
 * A message from its decoded text, which begins with MSH. Segments end at CR, LF or CRLF. A line that is no segment
 * continues the field before it when `repair` is on. Undefined: no delimiters, so no message.
 */
export function parse(text: string, repair: boolean): Parsed | undefined {
  const delimiters = delimitersOf(text)
  if (!delimiters) return undefined
  const lines = linesOf(text)
  const segments: Segment[] = []
  const issues: Issue[] = []
  for (const [index, line] of lines.entries()) {
    const last = segments.at(-1)
    if (line.trim() === '' || envelope.test(line)) continue
    const start = line.trimStart()
    if (isSegment(start, delimiters.field)) segments.push(new Segment(start, index + 1, delimiters))
    else if (!last || !repair) issues.push(issue('SEG_UNKNOWN', { line: index + 1 }))
    else segments[segments.length - 1] = new Segment(`${last.encoded}\n${line}`, last.line, delimiters)
  }
  const [header, ...rest] = segments
  return header && { message: new Message([header, ...rest], delimiters), issues, lines: lines.length }
}

/** Around the messages of a batch (2.10.3): nobody's record, and with delimiters of their own. */
export const envelope = /^\s*(FHS|BHS|BTS|FTS)([^0-9A-Za-z]|$)/

function linesOf(text: string): string[] {
  if (!text.includes('\n')) return text.split('\r')
  return text.includes('\r') ? text.split(/\r\n|\r|\n/) : text.split('\n')
}

/** Three letters and the delimiter; with nothing behind them (`RGS`) too. */
function isSegment(line: string, field: string): boolean {
  if (line.length > 3 && line[3] !== field) return false
  return /^[A-Z][A-Z0-9]{2}/.test(line) && (line.length > 3 || line.trim().length === 3)
}
