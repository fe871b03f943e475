import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { began } from './process.ts'

const patience = 60_000

/**
 * Only one process at a time prepares, reaps and starts the server of a folder. The file names its holder by pid and
 * by the time that process began, so that a dead holder is recognised even after its pid was given away again.
 */
export async function withStartLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patience
  while (!(await take(path))) {
    if (Date.now() > deadline) throw new Error(`Another process has been starting PostgreSQL for a minute (${path}).`)
    await sleep(25)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

/** A link appears with its content, or not at all: no holder can die between making the file and naming itself. */
async function take(path: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`
  await writeFile(draft, holder(process.pid))
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  const theirs = await readFile(path, 'utf8').catch(() => null)
  if (theirs !== null && holder(Number(theirs.split(' ')[0])) !== theirs) await breakLock(path, theirs)
  return false
}

/** Moved aside first: of several who found the dead holder one succeeds, and one who was late puts the new lock back. */
async function breakLock(path: string, dead: string): Promise<void> {
  const aside = `${path}.broken.${process.pid}`
  await rename(path, aside).catch(() => undefined)
  const moved = await readFile(aside, 'utf8').catch(() => dead)
  if (moved !== dead) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

function holder(pid: number): string {
  return `${pid} ${began(pid)}`
}
