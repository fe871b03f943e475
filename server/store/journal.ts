import { randomUUID } from 'node:crypto'
import { rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { isOfValues } from '../db/failure.ts'
import { FhirError } from '../errors.ts'
import type { Log } from '../log.ts'
import { forget, leftovers, SEGMENT, setAside } from './journal/leftovers.ts'
import { Segment } from './journal/segment.ts'

export interface JournalOptions {
  /** On a disk of this machine, and of this record alone: what is left there goes into no other database. */
  readonly folder: string
  /** Into the database, to stay; a line whose row is there already changes nothing. */
  readonly insert: (lines: readonly string[]) => Promise<void>
  readonly log: Pick<Log, 'error' | 'warn' | 'info'>
  /** Milliseconds that a line may wait for the database before no more are taken. */
  readonly patience?: number
}

export interface Backlog {
  readonly rows: number
  /** For how long the oldest has waited. */
  readonly seconds: number
  /** Rows that the database does not take whatever happens, since this process started. */
  readonly aside: number
}

/** Milliseconds from the first waiting line to the statement that brings all of them to the database. */
const PAUSE = 150
/** Where the database did not take them, it is asked again after so long. */
const AGAIN = 500
const PATIENCE = 30_000
/** A line that waits longer is brought to the disk; mostly it is in the database before. */
const TO_DISK = 250
const SWEEP = 20_000
/** Lines of one statement, and of all that may wait. */
const AT_ONCE = 500
const MOST = 100_000

/**
 * The audit of what was only read, on its way to the database: a row is appended to a file before the answer leaves, and
 * moved into the table with others a moment later. No read waits for the table, and yet none is answered whose audit
 * would be lost with this process or with PostgreSQL; a power failure takes at most the last half second. Two files take
 * turns: one is appended to while the rows of the other are committed. What a process leaves behind, the next one takes up.
 */
export class Journal {
  readonly #options: Required<JournalOptions>
  /** Of this process: two on one machine share the folder, but no file. */
  readonly #name = randomUUID()
  #files = 0
  #current: Segment | undefined
  #spare: Segment | undefined
  /** Appended to before the current one. */
  readonly #leaving: Segment[] = []
  #turn: { readonly lines: string[]; readonly written: Promise<void> } | undefined
  #rows = 0
  #aside = 0
  #shipping: Promise<void> | undefined
  #isFailing = false
  #soon: NodeJS.Timeout | undefined
  #flushing: NodeJS.Timeout | undefined
  #sweeping: NodeJS.Timeout | undefined

  constructor(options: JournalOptions) {
    this.#options = { patience: PATIENCE, ...options }
  }

  /**
   * Resolves when a row of the audit is kept; rejects when it cannot be written, or the database has taken none for too
   * long. What is appended in the same turn is written at its end, by one call of the system.
   */
  append(line: string): Promise<void> {
    if (!this.#turn) {
      const lines: string[] = []
      const written = new Promise<void>((resolve) => process.nextTick(resolve)).then(() => this.#write(lines))
      this.#turn = { lines, written }
    }
    this.#turn.lines.push(line)
    return this.#turn.written
  }

  #write(lines: readonly string[]): void {
    this.#turn = undefined
    if (this.#rows + lines.length > MOST || this.#age() > this.#options.patience)
      throw new FhirError('unavailable', 'The database takes no rows of the audit at the moment.')
    this.#fitting().append(lines)
    this.#rows += lines.length
    this.#soon ??= setTimeout(() => this.#shipInTime(), PAUSE).unref()
    this.#flushing ??= setInterval(() => this.#flush(), TO_DISK).unref()
  }

  /** Resolves when all that was appended before is in the database. */
  async drain(): Promise<void> {
    await this.#turn?.written.catch(() => undefined)
    await this.#shipping?.catch(() => undefined)
    if (this.#rows > 0) await this.#ship()
  }

  /** Whether rows can be kept here at all. */
  check(): void {
    this.#fitting()
  }

  get backlog(): Backlog {
    return { rows: this.#rows, seconds: this.#age() / 1000, aside: this.#aside }
  }

  /**
   * Brings to the database what processes have left that ended without, and from time to time again. `young`: also what one
   * that still runs may be about to bring there itself; twice does no harm.
   */
  async takeUp(young = true): Promise<void> {
    const { folder, log } = this.#options
    for await (const { path, lines, torn, isOver } of leftovers(folder, this.#own(), young)) {
      await this.#insert(lines)
      if (!isOver) continue
      if (torn.length > 0) this.#putAside(torn, 'lines of the audit of a process that died are not whole: set aside')
      if (lines.length > 0) log.info({ rows: lines.length }, 'the audit of a process that died was taken up')
      await forget(path)
    }
  }

  /** From now on, for as long as the process lives. */
  watch(): void {
    const sweep = () =>
      this.takeUp(false).catch((error: unknown) => {
        if (!this.#isFailing) this.#options.log.warn({ error }, 'what is left of the audit of others cannot be read')
      })
    this.#sweeping ??= setInterval(() => void sweep(), SWEEP).unref()
  }

  /** What the database does not take any more stays in its file, for the next start. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping)
    await this.drain().catch(() => undefined)
    clearTimeout(this.#soon)
    clearInterval(this.#flushing)
    if (this.#rows > 0) return
    for (const segment of [this.#current, this.#spare]) segment?.remove()
    this.#current = this.#spare = this.#soon = this.#flushing = undefined
    removeEmpty(this.#options.folder)
  }

  #age(): number {
    const oldest = this.#leaving[0] ?? this.#current
    return oldest && oldest.lines.length > 0 ? Math.max(0, Date.now() - oldest.since) : 0
  }

  /** The segment to append to: one that nobody else may take for left. */
  #fitting(): Segment {
    if (this.#current?.isFit) return this.#current
    this.#leave()
    const { folder } = this.#options
    if (this.#spare?.isFit) this.#current = this.#spare
    else {
      this.#spare?.remove()
      this.#current = new Segment(join(folder, `${this.#name}-${++this.#files}${SEGMENT}`))
    }
    this.#spare = undefined
    return this.#current
  }

  #leave(): void {
    if (!this.#current) return
    if (this.#current.lines.length > 0) this.#leaving.push(this.#current)
    else this.#current.remove()
    this.#current = undefined
  }

  #shipInTime(): void {
    this.#ship().then(
      () => (this.#soon = this.#rows > 0 ? setTimeout(() => this.#shipInTime(), PAUSE).unref() : undefined),
      () => (this.#soon = setTimeout(() => this.#shipInTime(), AGAIN).unref()),
    )
  }

  #ship(): Promise<void> {
    return (this.#shipping ??= this.#shipAll().finally(() => (this.#shipping = undefined)))
  }

  /** Only after their commit do the rows leave the file. */
  async #shipAll(): Promise<void> {
    this.#leave()
    for (let segment = this.#leaving[0]; segment; segment = this.#leaving[0]) {
      await this.#insert(segment.lines)
      this.#rows -= segment.lines.length
      this.#leaving.shift()
      this.#reuse(segment)
    }
  }

  #reuse(segment: Segment): void {
    if (this.#spare) return segment.remove()
    try {
      segment.clear()
      this.#spare = segment
    } catch {
      segment.remove()
    }
  }

  async #insert(lines: readonly string[]): Promise<void> {
    const { log } = this.#options
    try {
      for (let from = 0; from < lines.length; from += AT_ONCE) await this.#insertSome(lines.slice(from, from + AT_ONCE))
    } catch (error) {
      if (!this.#isFailing) log.error({ error, rows: this.#rows }, 'the database does not take the audit: it waits')
      this.#isFailing = true
      throw error
    }
    if (this.#isFailing) log.info({ rows: this.#rows }, 'the database takes the audit again')
    this.#isFailing = false
  }

  /** A row that cannot stand in the table does not hold up the others. */
  async #insertSome(lines: readonly string[]): Promise<void> {
    try {
      await this.#options.insert(lines)
    } catch (error) {
      if (!isOfValues(error)) throw error
      if (lines.length === 1) return this.#putAside(lines, 'the database refuses a row of the audit: set aside')
      const half = lines.length >> 1
      await this.#insertSome(lines.slice(0, half))
      await this.#insertSome(lines.slice(half))
    }
  }

  #putAside(lines: readonly string[], what: string): void {
    setAside(this.#options.folder, lines)
    this.#aside += lines.length
    this.#options.log.error({ rows: lines.length }, what)
  }

  #flush(): void {
    if (this.#rows === 0) {
      clearInterval(this.#flushing)
      this.#flushing = undefined
      return
    }
    for (const segment of [...this.#leaving, this.#current]) {
      if (!segment || segment.lines.length === 0 || Date.now() - segment.since < TO_DISK) continue
      segment.flush().catch((error: unknown) => this.#options.log.error({ error }, 'the audit does not reach the disk'))
    }
  }

  #own(): ReadonlySet<string> {
    return new Set([...this.#leaving, this.#current, this.#spare].flatMap((segment) => segment?.path ?? []))
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // others' files are there, or there never was one
  }
}
