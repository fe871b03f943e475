import { appendFileSync, mkdirSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LEFT_AFTER } from './segment.ts'

/** How the files of a journal are called. */
export const SEGMENT = '.jsonl'
const ASIDE = 'aside'

/** What processes that ended, or are about to, have in their segments. */
export interface Leftover {
  readonly path: string
  readonly lines: readonly string[]
  /** Lines that are none: the last one may be torn, where its process died as it wrote. Nobody got an answer for it. */
  readonly torn: readonly string[]
  /** Nobody appends to it any more. */
  readonly isOver: boolean
}

/** One after the other, those that are over first looked at then; `young`: also those that may still be appended to. */
export async function* leftovers(folder: string, own: ReadonlySet<string>, young: boolean): AsyncGenerator<Leftover> {
  for (const name of (await absent(readdir(folder))) ?? []) {
    const path = join(folder, name)
    if (!name.endsWith(SEGMENT) || own.has(path)) continue
    // looked at before it is read: what was over then has been read whole
    const isOver = await isUntouched(path)
    const text = isOver || young ? await absent(readFile(path, 'utf8')) : undefined
    if (text !== undefined) yield { path, isOver, ...linesIn(text) }
  }
}

async function isUntouched(path: string): Promise<boolean> {
  const found = await absent(stat(path))
  return found !== undefined && Date.now() - found.mtimeMs >= LEFT_AFTER
}

function linesIn(text: string): Pick<Leftover, 'lines' | 'torn'> {
  const all = text.split('\n').filter((line) => line !== '')
  const lines = all.filter(isWhole)
  return { lines, torn: lines.length === all.length ? [] : all.filter((line) => !isWhole(line)) }
}

function isWhole(line: string): boolean {
  try {
    const row = JSON.parse(line) as { id?: unknown } | null
    return typeof row?.id === 'string'
  } catch {
    return false
  }
}

export function forget(path: string): Promise<void> {
  return rm(path, { force: true })
}

/** Where rows are kept that the database does not take, for the administrator to look at. */
export function setAside(folder: string, lines: readonly string[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 }) // a row that cannot be kept here either would hold up all others
  appendFileSync(join(folder, ASIDE), lines.map((line) => `${line.trimEnd()}\n`).join(''), { mode: 0o600, flush: true })
}

/** Another process may have removed it, or nothing was ever written. */
async function absent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
