import { createReadStream, type Stats } from 'node:fs'
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../log.ts'
import { FhirError } from '../../errors.ts'

export interface FolderOptions {
  /** Holds one folder for each facility, named by its slug. */
  readonly folder: string
  /** Milliseconds between two looks. */
  readonly every: number
  /** A file is taken when it has not changed for so many milliseconds. */
  readonly settled: number
}

/** Commits a file's bytes and answers the message's id. A FhirError refuses the file, anything else lets it wait. */
export type Take = (facility: string, filename: string, bytes: AsyncIterable<Uint8Array>) => Promise<string>

export interface Watch {
  /** One look by hand, for tests: how many files were taken. */
  look(): Promise<number>
  stop(): Promise<void>
}

/** Where a file goes when it was committed, and when it was refused (its reason lies beside it). */
const TAKEN = 'taken'
const REFUSED = 'refused'

/**
 * The watched folder. It is looked at again and again, because shares of Windows and NFS tell nobody about new files.
 * A file counts as whole when size and time of change stayed equal from one look to another and are old enough; what is
 * hidden or named as half-written (`.part .tmp .crdownload ~`) is left alone. Bytes are committed first and the file
 * is moved then: after a crash between the two it is received again, and found to be a duplicate.
 */
export function watchFolder(options: FolderOptions, take: Take, log: Log): Watch {
  const before = new Map<string, string>()
  let stopped = false
  let looking: Promise<number> = Promise.resolve(0)
  const look = (): Promise<number> => {
    looking = looking.then(() => lookOnce(options, before, take, log, () => stopped))
    return looking
  }
  const timer = setInterval(() => void look(), options.every)
  timer.unref()
  return {
    look,
    async stop() {
      stopped = true
      clearInterval(timer)
      await looking
    },
  }
}

async function lookOnce(
  { folder, settled }: FolderOptions,
  before: Map<string, string>,
  take: Take,
  log: Log,
  stopped: () => boolean,
): Promise<number> {
  let taken = 0
  const seen = new Set<string>()
  try {
    for (const { facility, filename, path, stats } of await filesIn(folder)) {
      if (stopped()) return taken
      seen.add(path)
      const now = `${stats.size} ${stats.mtimeMs}`
      const whole = before.get(path) === now && Date.now() - stats.mtimeMs >= settled
      before.set(path, now)
      if (!whole) continue
      if (await takeFile(take, facility, filename, path, log)) taken++
      before.delete(path)
    }
    for (const path of before.keys()) if (!seen.has(path)) before.delete(path)
  } catch (error) {
    log.warn({ error: codeOf(error) }, 'the watched folder could not be read')
  }
  return taken
}

async function takeFile(take: Take, facility: string, filename: string, path: string, log: Log): Promise<boolean> {
  try {
    const message = await take(facility, filename, createReadStream(path, { highWaterMark: 1024 * 1024 }))
    await move(path, TAKEN, `${message}-${filename}`)
    return true
  } catch (error) {
    if (error instanceof FhirError && error.status < 500 && error.status !== 429) {
      const to = await move(path, REFUSED, `${Date.now()}-${filename}`)
      await writeFile(
        `${to}.reason.txt`,
        error.complete.map(({ message, hint }) => `${message} ${hint ?? ''}\n`).join(''),
      )
    } else log.warn({ facility, error: codeOf(error) }, 'a dropped file has to wait')
    return false
  }
}

async function move(path: string, into: string, name: string): Promise<string> {
  const folder = join(path, '..', into)
  await mkdir(folder, { recursive: true })
  const to = join(folder, name)
  await rename(path, to)
  return to
}

interface Dropped {
  readonly facility: string
  readonly filename: string
  readonly path: string
  readonly stats: Stats
}

async function filesIn(folder: string): Promise<Dropped[]> {
  const facilities = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const lists = await Promise.all(
    facilities.map(async ({ name: facility }) => {
      const entries = await readdir(join(folder, facility), { withFileTypes: true })
      const names = entries.filter((entry) => entry.isFile() && !isHalf(entry.name)).map(({ name }) => name)
      return Promise.all(
        names.toSorted().map(async (filename) => {
          const path = join(folder, facility, filename)
          // Gone between the two calls: somebody took it back.
          const stats = await stat(path).catch(() => undefined)
          return stats ? [{ facility, filename, path, stats }] : []
        }),
      )
    }),
  )
  return lists.flat(2).toSorted((a, b) => a.stats.mtimeMs - b.stats.mtimeMs)
}

function isHalf(name: string): boolean {
  return name.startsWith('.') || /(\.(part|partial|tmp|temp|crdownload|filepart)|~)$/i.test(name)
}

function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error
}
