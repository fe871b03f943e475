import { FileStop, issue, type Issue } from '../../issues.ts'
import type { Bytes, Seen, Source, SourceOptions, Unit } from '../source.ts'
import { decode, usualEncodings, utf16Of } from './charset.ts'
import { compileEach } from './each.ts'
import { Splitter, type Frame } from './frames.ts'
import { Batch } from './batch.ts'
import { isRemark, type Item } from './item.ts'
import { envelope, parse, Repetition, type Message, type Segment } from './message.ts'
import { orphans } from './orphans.ts'
import { partsOf } from './parts.ts'
import { compilePath } from './path.ts'
import { specimensBehind } from './specimens.ts'

/** No message is longer: whatever is, is no HL7. */
const MAX_MESSAGE = 64 * 1024 * 1024
/** So much before the first MSH, and it is no file of HL7 messages. */
const MAX_PREAMBLE = 1024 * 1024

/** Names of segments in a path. */
const NAMES = /\b[A-Z][A-Z0-9]{2}\b/g
/** `PID|PV1/NTE` */
const REMARKED = /([A-Z][A-Z0-9|]*)\/NTE/g
/** What is remarked on these is read only where a mapping says so; on others with what it is remarked on. */
const REMARKABLE: ReadonlySet<string> = new Set(['PID', 'PD1', 'NK1', 'PV1', 'PV2', 'AL1', 'DG1', 'IN1', 'TXA'])
/** Functions read them with the segment that they belong to. */
const READ_WITH_OTHERS = ['MSH', 'TQ1', 'TQ2', 'RXR', 'RXC', 'NTE']

interface Reading extends Hl7Options {
  /** Segments that the mapping reads, complete once all paths are compiled. */
  readonly known: ReadonlySet<string> | undefined
  /** Segments whose remarks it reads: of `SCH/NTE`. */
  readonly remarked: ReadonlySet<string>
}

export type Hl7Options = Pick<SourceOptions, 'encoding' | 'repair' | 'ignoreSegments'>

/** `source.kind: hl7v2`. A record is one patient of one message, with one visit. */
export function openHl7v2(options: Hl7Options): Source<Item> {
  const known = options.ignoreSegments && new Set([...READ_WITH_OTHERS, ...options.ignoreSegments])
  const remarked = new Set<string>()
  return {
    path: (text, within) => {
      for (const [name] of text.matchAll(NAMES)) known?.add(name)
      for (const [, names = ''] of text.matchAll(REMARKED)) for (const name of names.split('|')) remarked.add(name)
      return compilePath(text, within)
    },
    each: (each, within) => {
      if (each.kind === 'segment') for (const [name] of each.segment.matchAll(NAMES)) known?.add(name)
      return compileEach(each, within)
    },
    // A type whose trigger nobody tells is routed as any of its triggers: `ORU^`.
    route: ({ message: { type } }) => (type.includes('^') ? type : `${type}^`),
    text: (node) => (node instanceof Repetition ? node.text(1) : undefined),
    lineOf: ({ line, outer, segments }) => (outer ? line + (segments[0]?.line ?? 1) - 1 : undefined),
    read: (bytes, seen) => read(bytes, { ...options, known, remarked }, seen),
  }
}

async function* read(bytes: Bytes, options: Reading, seen: Seen): AsyncGenerator<readonly Unit<Item>[]> {
  const splitter = new Splitter()
  let any = false
  let messages = false
  const batch = new Batch()
  const take = (frames: readonly Frame[]) => {
    const units = frames.flatMap((frame) => unitsOf(frame, options))
    any ||= units.length > 0
    for (const frame of frames) seen.issues.push(...batch.count(frame))
    messages ||= frames.some(({ kind }) => kind === 'message')
    return units
  }
  // Of what stands before the first message nothing is told until there is one: it may be no HL7 at all.
  let strays: readonly Unit<Item>[] = []
  for await (const chunk of utf8(bytes)) {
    const units = take(splitter.push(chunk))
    tooLong(splitter, messages)
    if (!messages) strays = [...strays, ...units]
    else if (strays.length + units.length > 0) {
      yield [...strays, ...units]
      strays = []
    }
  }
  const last = take(splitter.end())
  if (!any) throw new FileStop(issue('FILE_EMPTY'))
  if (!messages) throw new FileStop(issue('FILE_FORMAT', { detail: 'No line begins with MSH.' }))
  if (strays.length + last.length > 0) yield [...strays, ...last]
}

function tooLong(splitter: Splitter, messages: boolean): void {
  if (splitter.held > MAX_MESSAGE) throw new FileStop(issue('LIMIT_SIZE', { detail: 'One message is too long.' }))
  if (!messages && !splitter.inMessage && splitter.held > MAX_PREAMBLE)
    throw new FileStop(issue('FILE_FORMAT', { detail: 'No line begins with MSH.' }))
}

/** A stream of UTF-16 as UTF-8; the first bytes tell. */
async function* utf8(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array()
  let decoder: InstanceType<typeof TextDecoder> | undefined
  for await (const chunk of bytes) {
    let part: Uint8Array = chunk
    if (head) {
      part = Buffer.concat([head, chunk])
      if (part.length < 4) {
        head = part
        continue
      }
      head = undefined
      const encoding = utf16Of(part)
      decoder = encoding && new TextDecoder(encoding)
    }
    yield decoder ? Buffer.from(decoder.decode(part, { stream: true })) : part
  }
  if (head && head.length > 0) yield head
}

function unitsOf(frame: Frame, options: Reading): readonly Unit<Item>[] {
  if (frame.kind === 'between') return stray(frame)
  const bytes = frame.text.replace(/[\0\v]+/g, '')
  const { text, issues } = decode(bytes, options.encoding ?? usualEncodings)
  if (text === undefined) return [{ line: frame.line, raw: () => bytes, issues }]
  const parsed = parse(text, options.repair ?? false)
  if (!parsed) return [{ line: frame.line, raw: () => text, issues: [issue('SEG_UNKNOWN', { line: frame.line })] }]
  const { message } = parsed
  return partsOf(message).map(({ segments: sent, part }) => {
    const segments = specimensBehind(sent)
    return {
      item: { message, segments, part, line: frame.line },
      line: frame.line,
      raw: () => rawOf(text, sent, message),
      issues: [...issues, ...parsed.issues, ...orphans(message, segments), ...unmapped(segments, options)],
    }
  })
}

/** What nobody reads is told: it may be of use to whoever treats. */
function unmapped(segments: readonly Segment[], { known, remarked }: Reading): Issue[] {
  if (!known) return []
  const left = new Set<string>()
  let parent = ''
  for (const { name } of segments) {
    if (!known.has(name)) left.add(name)
    if (!isRemark(name)) parent = name
    else if (name === 'NTE' && REMARKABLE.has(parent) && !remarked.has(parent)) left.add(`NTE behind ${parent}`)
  }
  return left.size === 0 ? [] : [issue('SEG_UNMAPPED', { detail: `${[...left].join(', ')}.` })]
}

/** Batch envelopes are nobody's record; anything else between messages is a line that is no segment. */
function stray({ text, line }: Frame): readonly Unit<Item>[] {
  const rest = text.replace(/(?![\r\n])\p{Cc}|\xef\xbb\xbf|\xff\xfe|\xfe\xff/gu, '')
  const lines = rest.split(/[\r\n]+/).filter((words) => words.trim() !== '' && !envelope.test(words))
  return lines.length === 0 ? [] : [{ line, raw: () => text, issues: [issue('SEG_UNKNOWN', { line })] }]
}

function rawOf(text: string, segments: readonly Segment[], { segments: all }: Message): string {
  return segments.length === all.length ? text : segments.map(({ encoded }) => `${encoded}\r`).join('')
}

/**
 * One message, as the MLLP listener has it: with or without its block characters. Undefined: no message.
 * Never throws; what is wrong in it is told when it is mapped.
 */
export function parseMessage(input: Uint8Array | string): Message | undefined {
  const text = typeof input === 'string' ? input : textOf(input)
  const start = text.search(/MSH[^0-9A-Za-z\s]/)
  if (start < 0) return undefined
  const end = text.indexOf('\x1c', start)
  return parse(text.slice(start, end < 0 ? undefined : end), true)?.message
}

function textOf(input: Uint8Array): string {
  const encoding = utf16Of(input)
  if (encoding) return new TextDecoder(encoding).decode(input)
  const bytes = Buffer.from(input)
    .toString('latin1')
    .replace(/[\0\v]+/g, '')
  return decode(bytes, usualEncodings).text ?? bytes
}

export { acknowledgement, type AcknowledgementCode } from './acknowledge.ts'
export type { Message } from './message.ts'
