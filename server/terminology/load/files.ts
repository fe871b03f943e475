import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Files under a folder (or the file itself) whose path ends like this; a release unpacked anywhere is found. */
export async function findFiles(path: string, ending: RegExp): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return ending.test(path) ? [path] : []
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => ending.test(file))
    .toSorted()
}

export async function theFile(path: string, ending: RegExp, what: string): Promise<string> {
  const [file] = await findFiles(path, ending)
  if (file !== undefined) return file
  throw new Error(`${path} holds no ${what}. Name the folder of the unpacked release, or the file.`)
}
