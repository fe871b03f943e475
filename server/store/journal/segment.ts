import { closeSync, fdatasync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/** How long nobody appends to a segment before others may take it for left (leftovers.ts). */
export const LEFT_AFTER = 60_000
/** How long its own process goes on appending to it after the last time: much shorter, so that the two never meet. */
const FRESH = 20_000

/**
 * A file of the journal and the lines in it that are not in the database yet. A line is in the page cache of the system when
 * `append` returns: the death of this process, or of PostgreSQL, does not touch it.
 */
export class Segment {
  readonly path: string
  lines: string[] = []
  /** When the first of these lines was appended. */
  since = 0
  readonly #fd: number
  #size = 0
  #touched = Date.now()
  #flushed = 0
  /** How often it was cleared. */
  #turn = 0
  #named = false
  #spoiled = false
  #flushing: Promise<void> = Promise.resolve()

  /** The file is made here, for the account of the server alone. */
  constructor(path: string) {
    this.path = path
    this.#fd = created(path)
  }

  /** Whether it may be appended to: another process takes up what was left long ago, and somebody may have removed it. */
  get isFit(): boolean {
    const age = Date.now() - this.#touched
    return !this.#spoiled && age >= 0 && age < FRESH && (this.lines.length > 0 || fstatSync(this.#fd).nlink > 0)
  }

  /** All of them or, with an error, nothing: a piece of a line would spoil the next one. */
  append(lines: readonly string[]): void {
    const text = `${lines.join('\n')}\n`
    const size = Buffer.byteLength(text)
    try {
      let written = writeSync(this.#fd, text)
      while (written < size) written += writeSync(this.#fd, Buffer.from(text).subarray(written))
    } catch (error) {
      this.#spoiled = true
      ftruncateSync(this.#fd, this.#size)
      this.#spoiled = false
      throw error
    }
    this.#size += size
    this.#touched = Date.now()
    if (this.lines.length === 0) this.since = this.#touched
    this.lines.push(...lines)
  }

  /** To the disk, as far as it is not there: then a power failure does not touch it either. */
  flush(): Promise<void> {
    return (this.#flushing = this.#flushing.catch(() => undefined).then(() => this.#flush()))
  }

  async #flush(): Promise<void> {
    const [size, turn] = [this.#size, this.#turn]
    if (size <= this.#flushed) return
    await toDisk(this.#fd)
    if (!this.#named) await nameToDisk(this.path)
    this.#named = true
    if (turn === this.#turn) this.#flushed = size
  }

  /** What was in it is in the database. */
  clear(): void {
    ftruncateSync(this.#fd)
    this.lines = []
    this.#turn++
    this.#size = this.#flushed = 0
    this.#touched = Date.now()
  }

  remove(): void {
    rmSync(this.path, { force: true })
    void this.#flushing.catch(() => undefined).then(() => closeSync(this.#fd))
  }
}

function created(path: string): number {
  try {
    return openSync(path, 'ax', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'ax', 0o600)
  }
}

const toDisk = promisify(fdatasync)

async function nameToDisk(path: string): Promise<void> {
  const folder = await open(dirname(path))
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
