import { type DateEntry, type Entries, type NumberEntry, SHORT_RANGE, type StringEntry, type Word } from './entries.ts'
import type { Memo } from './memo.ts'
import type { Parameter } from './parameter.ts'
import type { Local } from './references.ts'
import type { Sink } from './sink.ts'

/** Turns the values of one resource into its stored entries, by the forms listed in fhir/keys.ts. */
export class Collector implements Sink {
  private readonly tokens: bigint[] = []
  private readonly patients: bigint[] = []
  private readonly dates: DateEntry[] = []
  private readonly numbers: NumberEntry[] = []
  private readonly strings: StringEntry[] = []
  private readonly words: Word[] = []
  private known: Set<string> | undefined
  private readonly present: Uint8Array

  constructor(
    private readonly memo: Memo,
    readonly resource: unknown,
    parameters: number,
  ) {
    this.present = new Uint8Array((parameters + 7) >> 3)
    memo.begin()
  }

  mark(ordinal: number): void {
    this.present[ordinal >> 3] = (this.present[ordinal >> 3] ?? 0) | (1 << (ordinal & 7))
  }

  has(ordinal: number): boolean {
    return ((this.present[ordinal >> 3] ?? 0) & (1 << (ordinal & 7))) !== 0
  }

  patient({ rid }: Local): void {
    this.patients.push(rid)
  }

  token({ id }: Parameter, text: string): void {
    this.add(this.memo.once(id, text))
  }

  text({ id }: Parameter, text: string): void {
    const { word, text: marked } = this.memo.word(text)
    if (word !== '' && this.add(this.memo.once(id, marked))) this.words.push({ param: id, word })
  }

  reference({ id }: Parameter, to: Local): void {
    this.add(this.memo.pointing(id, to))
  }

  uri({ id }: Parameter, uri: string): void {
    if (this.add(this.memo.once(id, uri))) this.words.push({ param: id, word: uri })
  }

  string({ id }: Parameter, text: string): void {
    this.add(this.memo.once(id, `"${text}`))
    const value = this.memo.normalise(text)
    if (value === '' || this.told(id, value)) return
    this.strings.push({ param: id, value })
  }

  /** Of a person's few names the list itself says it sooner than a set. */
  private told(param: number, value: string): boolean {
    const { strings } = this
    if (strings.length < MANY) {
      for (const one of strings) if (one.param === param && one.value === value) return true
      return false
    }
    if (strings.length === MANY) for (const one of strings) this.knows(`${one.param}s${one.value}`)
    return this.knows(`${param}s${value}`)
  }

  date({ id }: Parameter, low: number, high: number): void {
    const param = high - low > SHORT_RANGE ? id + 1 : id
    if (this.dated(param, low, high)) return
    this.dates.push({ param, low, high })
  }

  number(parameter: Parameter, low: number, high: number, unit: string | undefined): void {
    this.keyed(parameter, 0n, low, high, unit)
  }

  /** A number of a composite, keyed by the token of the other component. */
  keyed({ id }: Parameter, key: bigint, low: number, high: number, unitText: string | undefined): void {
    const unit = unitText === undefined ? 0n : this.memo.token(id, unitText)
    if (this.numbered(id, key, low, high, unit)) return
    this.numbers.push({ param: id, key, low, high, unit })
  }

  keyOf({ id }: Parameter, text: string): bigint {
    return this.memo.token(id, text)
  }

  private add(token: bigint | undefined): boolean {
    if (token === undefined) return false
    this.tokens.push(token)
    return true
  }

  private numbered(param: number, key: bigint, low: number, high: number, unit: bigint): boolean {
    const { numbers } = this
    if (numbers.length < FEW) {
      for (const one of numbers)
        if (one.param === param && one.low === low && one.high === high && one.unit === unit && one.key === key)
          return true
      return false
    }
    if (numbers.length === FEW)
      for (const one of numbers) this.knows(`${one.param}n${one.key} ${one.low} ${one.high} ${one.unit}`)
    return this.knows(`${param}n${key} ${low} ${high} ${unit}`)
  }

  /** Mostly there are one or two, and writing times as text would cost more than all else that is done with them. */
  private dated(param: number, low: number, high: number): boolean {
    if (this.dates.length < FEW) {
      return this.dates.some((one) => one.param === param && one.low === low && one.high === high)
    }
    if (this.dates.length === FEW) for (const one of this.dates) this.knows(`${one.param}d${one.low} ${one.high}`)
    return this.knows(`${param}d${low} ${high}`)
  }

  /** Whether an entry was there before: by a set, for a resource may hold a hundred thousand names. */
  private knows(entry: string): boolean {
    this.known ??= new Set()
    const { size } = this.known
    return this.known.add(entry).size === size
  }

  entries(): Entries {
    const { present, dates, numbers, strings } = this
    return {
      tokens: this.memo.unsure ? [...new Set(this.tokens)] : this.tokens,
      present,
      patients: sorted(this.patients),
      dates,
      numbers,
      strings,
      words: this.words,
      labels: 0,
      day: null,
      openings: [],
    }
  }
}

const FEW = 8
const MANY = 24

function sorted(all: bigint[]): bigint[] {
  if (all.length < 2) return all
  return [...new Set(all)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
