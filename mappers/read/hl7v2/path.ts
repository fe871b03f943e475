import { CLEAR, type Clear } from '../../canonical.ts'
import { SpecFault, type Raw, type Within } from '../source.ts'
import { depthOf, first, insideOf, outward, segmentName, select, type Item, type SegmentName } from './item.ts'
import { NULL, type Message, type Repetition, type Segment } from './message.ts'

type Path = (item: Item) => Raw | readonly Raw[] | Clear | undefined

const form =
  /^((?:!?[A-Z][A-Z0-9]{2}(?:\|[A-Z][A-Z0-9]{2})*\/)?[A-Z][A-Z0-9]{2})((?:\[[^\]]*\])*)(?:-(\d{1,3})((?:\[[^\]]*\])*)(?:\.(\d{1,2})(?:\.(\d{1,2}))?)?)?$/

/**
 * Compiles a path:
 *
 *     PID-5            a field, each repetition a node for functions such as cx and xpn
 *     PID-3[1].4.2     its first repetition, component 4, sub-component 2: text
 *     PID-3[5=MR|PI].1 the repetitions whose component 5 is MR or PI ([5!=SS]: is not)
 *     OBX[3=8302-2]-5  of the first OBX whose OBX-3 says so; OBX[2]-5 of the second
 *     NTE[*]-3         of all of them, as one text of several lines; OBR/NTE: of those behind an OBR
 *     PV1              filled where there is such a segment
 *     MSH-9.2          the trigger, also where EVN-1 or the structure alone tells it; MSH-9.1 likewise
 *     ""               nothing, explicitly: clears the field
 *     #                MSH-10 (without one, what the message says), with #2, #3 … of the further patients and visits of one message
 */
export function compilePath(text: string, within: Within | undefined): Path {
  if (text === '#') return ({ message, part }) => message.name + (part && `#${part}`)
  if (text === NULL) return () => CLEAR
  if (text === 'MSH-9.1' || text === 'MSH-9.2') return ({ message }) => message.typePart(Number(text.at(-1)))
  const parts = form.exec(text)
  if (!parts)
    throw new SpecFault(`${text} is not a path of HL7 v2: PID-3, PID-3[5=MR].1, OBX[3=8302-2]-5, OBR/NTE[*]-3.`)
  const [, segment = '', segmentSelectors = '', field, repetitionSelectors = '', component, subcomponent] = parts
  const wanted = segmentName(segment)
  const depth = depthOf(wanted.name, insideOf(within))
  const find = segmentFinder(wanted, selectorsOf(segmentSelectors))
  if (field === undefined) return (item) => find(outward(item, depth).segments, item.message)[0]?.name
  const read = fieldReader(Number(field), selectorsOf(repetitionSelectors), component, subcomponent)
  if (segmentSelectors.includes('[*]'))
    return (item) => allLines(find(outward(item, depth).segments, item.message), read)
  return (item) => {
    const found = find(outward(item, depth).segments, item.message)[0]
    return found && read(found)
  }
}

type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'number'; readonly number: number }
  | {
      readonly kind: 'where'
      readonly part: number
      readonly subpart: number
      readonly values: ReadonlySet<string>
      readonly not: boolean
    }

function selectorsOf(text: string): readonly Selector[] {
  return [...text.matchAll(/\[([^\]]*)\]/g)].map(([, inner = '']): Selector => {
    if (inner === '*') return { kind: 'all' }
    if (/^[1-9]\d{0,3}$/.test(inner)) return { kind: 'number', number: Number(inner) }
    const where = /^(\d{1,3})(?:\.(\d{1,2}))?(!?)=(.*)$/.exec(inner)
    if (!where) throw new SpecFault(`[${inner}] selects nothing: write [2], [*], [5=MR] or [5!=SS].`)
    const [, part, subpart, not, values = ''] = where
    return {
      kind: 'where',
      part: Number(part),
      subpart: Number(subpart ?? 1),
      values: new Set(values.split('|').map(fold)),
      not: not === '!',
    }
  })
}

function fold(text: string): string {
  return text.trim().toLowerCase()
}

function apply<T>(
  all: readonly T[],
  selectors: readonly Selector[],
  text: (of: T, part: number, sub: number) => string,
) {
  return selectors.reduce<readonly T[]>((left, selector) => {
    if (selector.kind === 'all') return left
    if (selector.kind === 'number') return left.slice(selector.number - 1, selector.number)
    const { part, subpart, values, not } = selector
    return left.filter((one) => values.has(fold(text(one, part, subpart))) !== not)
  }, all)
}

function segmentFinder(wanted: SegmentName, selectors: readonly Selector[]) {
  if (selectors.length > 0)
    return (segments: readonly Segment[], message: Message) =>
      apply(select(segments, wanted), selectors, (segment, field, component) =>
        field === 9 && segment === message.header && component < 3
          ? message.typePart(component)
          : segment.text(field, component),
      )
  return (segments: readonly Segment[]) => {
    const found = first(segments, wanted)
    return found ? [found] : []
  }
}

type Found = string | Repetition
type Read = (segment: Segment) => Found | readonly Found[] | Clear | undefined

function fieldReader(number: number, selectors: readonly Selector[], component?: string, subcomponent?: string): Read {
  const repetitions = (segment: Segment) =>
    apply(segment.repetitions(number), selectors, (repetition, part, sub) => repetition.text(part, sub))
  if (component === undefined)
    return (segment) => {
      const found = repetitions(segment)
      return found.length === 1 && found[0]?.isNull() ? CLEAR : oneOrMany(found)
    }
  const [part, sub] = [Number(component), Number(subcomponent ?? 1)]
  return (segment) => {
    const found = repetitions(segment)
    if (found.length === 1 && isNull(found[0], part)) return CLEAR
    return oneOrMany(found.map((repetition) => repetition.text(part, sub)).filter((text) => text !== ''))
  }
}

/** The whole field is null, or the component asked for. */
function isNull(repetition: Repetition | undefined, part: number): boolean {
  return repetition !== undefined && (repetition.isNull() || repetition.isNull(part))
}

function oneOrMany<T extends Found>(found: readonly T[]): T | readonly T[] | undefined {
  return found.length > 1 ? found : found[0]
}

function allLines(segments: readonly Segment[], read: Read): string | undefined {
  const lines = segments.flatMap((segment) => {
    const value = read(segment)
    if (value === undefined || value === CLEAR) return []
    return [value].flat().map((one: Found) => (typeof one === 'string' ? one : one.whole().trim()))
  })
  return lines.length > 0 ? lines.join('\n') : undefined
}
