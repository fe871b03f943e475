import { because, list, quoted, type Line } from './lines.ts'
import { MOST_PARTS } from '../values/prescriptions.ts'
import type { Finding } from './findings.ts'

/** A group of the canonical record, as columns may fill it. */
export interface Group {
  readonly name: string
  /** Of the group, what the lexicon calls them (several are glued), and what reads them; the first is what the group cannot be without. */
  readonly fields: readonly (readonly [field: string, meaning: string | readonly string[], as: string])[]
  /** Lines that each repetition has besides. */
  readonly more?: readonly string[]
  /** The cell of the first field holds several, so the group repeats within it. */
  readonly listed?: boolean
}

/** `Drug 2` → `Drug {n}` and `2`; the digits stay those of the header. */
function template(path: string, number: number): { form: string; digits: string } | undefined {
  const runs = [...path.matchAll(/\p{Nd}+/gu)].filter(([digits]) => Number(ascii(digits)) === number)
  const last = runs.at(-1)
  if (!last) return undefined
  return { form: `${path.slice(0, last.index)}{n}${path.slice(last.index + last[0].length)}`, digits: last[0] }
}

function ascii(digits: string): string {
  return digits.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
}

export function groupOf(
  { name, fields, more = [], listed = false }: Group,
  found: readonly Finding[],
  used: Set<Finding>,
): Line[] {
  const meanings = fields.flatMap(([, meaning]) => meaning)
  const own = found.filter(({ field, loinc }) => meanings.includes(field) && loinc === undefined)
  const main = own.filter(({ field }) => field === meanings[0])
  if (main.length === 0) return []
  const lines: Line[] = []
  const put = (indent: string, dash: boolean, of: (meaning: string) => [string, Finding] | undefined) => {
    let lead = dash ? `${indent}- ` : `${indent}  `
    for (const [field, meaning, as] of fields) {
      const ones = [meaning].flat().flatMap((name) => {
        const one = of(name)
        return one ? [one] : []
      })
      const [first] = ones
      if (!first) continue
      for (const [, one] of ones) used.add(one)
      const from = ones.length === 1 ? quoted(first[0]) : `${list(ones.map(([path]) => path))}, join: ' '`
      const short = as === '' && ones.length === 1
      lines.push({ text: `${lead}${field}: ${short ? from : `{ from: ${from}${as === '' ? '' : `, as: ${as}`} }`}`, note: because(first[1]) }) // prettier-ignore
      lead = `${indent}  `
    }
    lines.push(...more.map((text) => ({ text: `${indent}  ${text}` })))
  }
  lines.push({ text: `  ${name}:` })
  const numbered = own.filter(({ number }) => number !== undefined)
  const series = seriesOf(numbered, main)
  if (series) {
    lines.push({ text: `    each: { columns: ${series.columns}, stopIfBlank: ${quoted(series.forms.get(meanings[0] ?? '') ?? '')} }` }) // prettier-ignore
    put('  ', false, (meaning) => {
      const form = series.forms.get(meaning)
      const ones = numbered.filter(({ field }) => field === meaning)
      for (const one of ones) used.add(one)
      return form !== undefined && ones[0] ? [form, ones[0]] : undefined
    })
    return lines
  }
  if (listed) lines.push({ text: `    each: { columns: 1..${MOST_PARTS} }`, note: 'a cell may hold several' })
  for (const one of main) {
    const same = (meaning: string): [string, Finding] | undefined => {
      const fitting = own.find(({ field, number }) => field === meaning && number === one.number)
      return fitting && [fitting.path, fitting]
    }
    if (main.length === 1) put('  ', false, same)
    else put('    ', true, same)
  }
  return lines
}

/** Numbered columns that are named alike, each number with its main column. */
function seriesOf(numbered: readonly Finding[], main: readonly Finding[]) {
  if (main.length === 0 || main.some(({ number }) => number === undefined)) return undefined
  const forms = new Map<string, string>()
  const digits: string[] = []
  for (const one of numbered) {
    const made = template(one.path, one.number ?? 0)
    if (!made) return undefined
    const known = forms.get(one.field)
    if (known !== undefined && known !== made.form) return undefined
    forms.set(one.field, made.form)
    if (main.includes(one)) digits.push(made.digits)
  }
  const numbers = digits.map(Number)
  const plain = numbers.every((n, at) => n === (numbers[0] ?? 0) + at && String(n) === digits[at])
  const columns = plain ? `${numbers[0]}..${numbers.at(-1)}` : list(digits)
  return { forms, columns }
}
