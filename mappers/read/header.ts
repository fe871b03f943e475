import { nearest } from '../../server/fhir/query/suggest.ts'
import { FileStop, issue } from '../issues.ts'
import { fromKrutiDev } from './krutidev.ts'
import type { Seen, SourceOptions, SourceTools } from './source.ts'

/** Where the bound columns stand in the rows of one file. */
export interface Layout {
  readonly header: readonly string[]
  /** Of each bound column, in their order; -1: the file has none. */
  readonly index: readonly number[]
  /** A row has at least so many cells; more than the header has must be blank. */
  readonly least: number
}

/** A header as it is compared: letters in NFC and lower case, without blanks, invisible joiners and a final colon or star. */
export function fold(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s\u00A0\u200B-\u200F\uFEFF_]+/g, '')
    .replace(/[:*]+$/, '')
}

/** The columns that a mapping asks for, and what to do with those that a file has instead. */
export class Columns {
  private readonly wanted: readonly string[]
  private readonly aliases: ReadonlyMap<string, string>
  private readonly ignored: ReadonlySet<string>
  private readonly legacy: ReadonlySet<string>

  constructor(
    private readonly bound: readonly string[],
    options: SourceOptions,
    private readonly tools: SourceTools,
  ) {
    this.wanted = bound.map(fold)
    this.aliases = new Map(Object.entries(options.headerAliases ?? {}).map(([now, then]) => [fold(now), fold(then)]))
    this.ignored = new Set((options.ignoreColumns ?? []).map(fold))
    this.legacy = new Set(Object.keys(options.legacyFont ?? {}).map(fold))
  }

  /** How many bound columns a row would name if it were the header. */
  matches(cells: readonly string[]): number {
    const names = new Set(this.named(cells))
    return this.wanted.filter((name) => names.has(name)).length
  }

  /** Throws FileStop: HDR_DUP, HDR_MISSING and, where the file says so, HDR_NEW. No line: the spec named the columns. */
  layout(cells: readonly string[], line: number | undefined, seen: Seen): Layout {
    const names = this.named(cells)
    const at = new Map(names.map((name, index) => [name, index]))
    at.delete('')
    if (line !== undefined) {
      this.refuseStrangers(at, cells, line)
      this.refuseTwins(names, cells, line)
      this.tellMissing(at, cells, line, seen)
      this.tellNew(names, cells, line, seen)
    }
    const filled = names.findLastIndex((name) => name !== '') + 1
    return { header: cells, index: this.wanted.map((name) => at.get(name) ?? -1), least: filled }
  }

  /** The name that a binding would use for each cell; the text of a legacy font's column may be in that font, too. */
  private named(cells: readonly string[]): string[] {
    return cells.map((cell) => {
      const name = fold(cell)
      const known = this.aliases.get(name) ?? name
      if (this.legacy.size === 0 || this.wanted.includes(known)) return known
      const devanagari = fold(fromKrutiDev(cell.trim()))
      return this.legacy.has(devanagari) ? devanagari : known
    })
  }

  /** A file without a header: what stands there may be a record, so only what nearly is a wanted name may be quoted. */
  private refuseStrangers(at: ReadonlyMap<string, number>, cells: readonly string[], line: number): void {
    if (this.wanted.length === 0 || this.wanted.some((name) => at.has(name))) return
    const folded = new Map(cells.map((cell) => [fold(cell), cell.trim()]))
    const said = this.bound.slice(0, 10).map((name) => {
      const near = folded.get(nearest(fold(name), folded.keys()) ?? '')
      return `"${name}"${near ? `, the nearest is "${near}"` : ''}`
    })
    const detail = `No row names any of the columns ${said.join('; ')}.`
    throw new FileStop(issue('HDR_MISSING', { line, column: this.bound[0] ?? '', detail }))
  }

  private refuseTwins(names: readonly string[], cells: readonly string[], line: number): void {
    const twin = names.findIndex(
      (name, index) => name !== '' && !this.ignored.has(name) && names.indexOf(name) !== index,
    )
    if (twin < 0) return
    const first = names.indexOf(names[twin] ?? '')
    const column = (cells[twin] ?? '').trim()
    throw new FileStop(
      issue('HDR_DUP', { line, column, detail: `"${column}" heads columns ${first + 1} and ${twin + 1}.` }),
    )
  }

  private tellMissing(at: ReadonlyMap<string, number>, cells: readonly string[], line: number, seen: Seen): void {
    const missing = this.bound.filter((_, index) => !at.has(this.wanted[index] ?? '') && !this.ofSeries(index, at))
    const [first] = missing
    if (first === undefined) return
    const free = cells.filter((cell) => cell.trim() !== '' && !this.wanted.includes(fold(cell)))
    const said = (name: string) => {
      const where = this.tools.boundAt(name)
      const near = nearestHeader(name, free)
      return `"${name}"${where ? ` (${where})` : ''}${near ? `, the nearest is "${near}"` : ''}`
    }
    if (this.tools.limits.missingBoundColumn === 'stop-file') {
      const detail = `Missing: ${missing.slice(0, 10).map(said).join('; ')}.`
      throw new FileStop(issue('HDR_MISSING', { line, column: first, detail }))
    }
    for (const column of missing) {
      seen.issues.push(issue('HDR_MISSING', { line, column, level: 'warning', detail: `Missing: ${said(column)}.` }))
    }
  }

  /** `दवा 4` may be absent where there is a `दवा 1`: a group of numbered columns is as long as the file makes it. */
  private ofSeries(index: number, at: ReadonlyMap<string, number>): boolean {
    const name = this.wanted[index] ?? ''
    if (!/\p{Nd}/u.test(name)) return false
    const series = (other: string) => other.replace(/\p{Nd}+/gu, '#')
    return this.wanted.some((other) => other !== name && series(other) === series(name) && at.has(other))
  }

  private tellNew(names: readonly string[], cells: readonly string[], line: number, seen: Seen): void {
    const { newColumn } = this.tools.limits
    if (newColumn === 'ignore') return
    const known = new Set([...this.wanted, ...this.ignored, ''])
    for (const [index, name] of names.entries()) {
      if (known.has(name)) continue
      const column = (cells[index] ?? '').trim()
      const where = { line, column, detail: `"${column}".` }
      if (newColumn === 'stop-file') throw new FileStop(issue('HDR_NEW', { ...where, level: 'stop' }))
      seen.issues.push(issue('HDR_NEW', where))
    }
  }
}

/** By few different letters, or because both begin alike (`Mobile No`, `Mobile Number`) or one holds the other. */
function nearestHeader(name: string, cells: readonly string[]): string | undefined {
  const folded = new Map(cells.map((cell) => [fold(cell), cell.trim()]))
  const wanted = fold(name)
  const near = nearest(wanted, folded.keys())
  if (near !== undefined) return folded.get(near)
  const [like] = [...folded.keys()]
    .filter((other) => other.length > 2 && (other.includes(wanted) || wanted.includes(other) || alike(other, wanted)))
    .toSorted((a, b) => shared(b, wanted) - shared(a, wanted))
  return like === undefined ? undefined : folded.get(like)
}

function alike(a: string, b: string): boolean {
  return shared(a, b) >= Math.max(3, b.length / 2)
}

/** How many letters two names have in common at their beginning. */
function shared(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
