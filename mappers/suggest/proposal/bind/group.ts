import { MOST_PARTS } from '../../../values/prescriptions.ts'
import { asciiDigits } from '../../columns/digits.ts'
import type { Finding } from '../../columns/finding.ts'
import { binding, type Reading } from '../binding.ts'
import { item, line, list, quoted, under, type Line } from '../lines.ts'
import type { Ledger } from './ledger.ts'

/** A group of the canonical record, as columns may fill it; without its first field it is none. */
export interface Group {
  readonly name: string
  readonly fields: readonly [Field, ...Field[]]
  /** Lines that each repetition has besides. */
  readonly more?: readonly Line[]
  /** The cell of the first field holds several, so the group repeats within it. */
  readonly listed?: boolean
}

export interface Field extends Pick<Reading, 'as' | 'onBad'> {
  readonly name: string
  /** What the lexicon calls its column; several are glued. */
  readonly means: string | readonly string[]
}

/** A group for each column of its first field, or one over a series of numbered columns. */
export function groupLines(group: Group, ledger: Ledger): Line[] {
  const { name, fields, listed = false } = group
  const meanings = fields.flatMap(({ means }) => means)
  const own = ledger.all.filter(({ field }) => meanings.includes(field))
  const main = own.filter(({ field }) => field === meanings[0])
  if (main.length === 0) return []
  const series = seriesOf(own, main)
  if (series) {
    ledger.place(...series.columns)
    return under(name, [line(`each: ${series.each}`), ...fieldLines(group, series.of)])
  }
  const each = listed ? [line(`each: { columns: 1..${MOST_PARTS} }`, 'a cell may hold several')] : []
  const groups = main.map(({ number }) =>
    fieldLines(group, (meaning) => {
      const one = own.find((column) => column.field === meaning && column.number === number)
      ledger.place(one)
      return one
    }),
  )
  return under(name, [...each, ...(groups.length === 1 ? groups.flat() : groups.flatMap(item))])
}

function fieldLines({ fields, more = [] }: Group, of: (meaning: string) => Finding | undefined): Line[] {
  const lines = fields.flatMap(({ name, means, as, onBad }) => {
    const columns = [means].flat().flatMap((meaning) => of(meaning) ?? [])
    return columns.length > 0 ? [binding(name, columns, { as, onBad })] : []
  })
  return [...lines, ...more]
}

interface Series {
  /** `{ columns: 1..5, stopIfBlank: 'Drug {n}' }` */
  readonly each: string
  readonly columns: readonly Finding[]
  /** The first column of a meaning, its number written `{n}`. */
  readonly of: (meaning: string) => Finding | undefined
}

/** Numbered columns that are named alike, each number with its main column. */
function seriesOf(own: readonly Finding[], main: readonly Finding[]): Series | undefined {
  if (main.some(({ number }) => number === undefined)) return undefined
  const forms = new Map<string, Finding>()
  const digits: string[] = []
  const columns = own.filter(({ number }) => number !== undefined)
  for (const one of columns) {
    const form = formOf(one)
    if (!form) return undefined
    const known = forms.get(one.field)
    if (known && known.path !== form.path) return undefined
    if (!known) forms.set(one.field, { ...one, path: form.path })
    if (main.includes(one)) digits.push(form.digits)
  }
  const stop = forms.get(main[0]?.field ?? '')?.path ?? ''
  const each = `{ columns: ${rangeOf(digits)}, stopIfBlank: ${quoted(stop)} }`
  return { each, columns, of: (meaning) => forms.get(meaning) }
}

/** `Drug 2` → `Drug {n}` and `2`; the digits stay those of the header. */
function formOf({ path, number }: Finding): { path: string; digits: string } | undefined {
  const runs = [...path.matchAll(/\p{Nd}+/gu)].filter(([digits]) => Number(asciiDigits(digits)) === number)
  const last = runs.at(-1)
  if (!last) return undefined
  const [digits] = last
  return { path: `${path.slice(0, last.index)}{n}${path.slice(last.index + digits.length)}`, digits }
}

/** `1..5`, or one by one where they do not follow each other as plain numbers. */
function rangeOf(digits: readonly string[]): string {
  const first = Number(digits[0])
  const plain = digits.every((one, at) => one === String(first + at))
  return plain ? `${first}..${first + digits.length - 1}` : list(digits)
}
