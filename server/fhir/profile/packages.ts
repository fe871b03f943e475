import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { list } from 'tar'
import { keptArchive } from '../definitions/archive.ts'
import { keepRecord, libraryOf, type Records } from './library.ts'
import type { Library } from './source.ts'

/** Of the compact form: raise it when library.ts changes what is stored. */
const FORMAT = 1
const MAX_FILE = 64 * 1024 * 1024

/**
 * A FHIR package (https://hl7.org/fhir/R4/… npm layout: package/package.json, package/*.json), as a .tgz or unpacked in a
 * folder, also a plain folder of definitions. It is read once and kept compact in `cacheFolder`; a file that changes makes
 * it anew. Nothing of a .tgz is written to disk: names in it are only looked at, so none can lead anywhere.
 */
export function openPackage(path: string, cacheFolder: string): Library {
  const at = resolve(path)
  if (!existsSync(at)) throw new Error(`There is no package ${path}.`)
  const archive = keptArchive(
    cacheFolder,
    `package-${basename(at).replace(/[^\w.-]/g, '_')}-${stamp(at)}-${FORMAT}.bin`,
    () => readPackage(at),
  )
  return libraryOf(archive)
}

/** Names, sizes and times of all files: reading them is fast, and a change shows. */
function stamp(at: string): string {
  const hash = createHash('sha256').update(at)
  for (const file of statSync(at).isDirectory() ? jsonFiles(at) : [at]) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

function readPackage(at: string): Records {
  const records: Records = new Map()
  if (statSync(at).isDirectory()) {
    for (const file of jsonFiles(at)) keepText(records, readFileSync(file, 'utf8'))
  } else readTgz(at, records)
  return records
}

function jsonFiles(folder: string): string[] {
  const inner = join(folder, 'package')
  const root = existsSync(inner) ? inner : folder
  return readdirSync(root)
    .filter((name) => isDefinition(name))
    .toSorted()
    .map((name) => join(root, name))
}

/** Entry by entry while it is decompressed: only the JSON of the package folder itself. */
function readTgz(file: string, records: Records): void {
  list({
    file,
    sync: true,
    strict: true,
    onReadEntry(entry) {
      const [, name] = /^package\/([^/]+)$/.exec(entry.path) ?? []
      if (name === undefined || !isDefinition(name) || entry.type !== 'File' || entry.size > MAX_FILE)
        return entry.resume()
      const parts: Buffer[] = []
      entry.on('data', (part: Buffer) => parts.push(part))
      entry.on('end', () => keepText(records, Buffer.concat(parts).toString('utf8')))
      return undefined
    },
  })
}

function isDefinition(name: string): boolean {
  return name.endsWith('.json') && !name.startsWith('.') && name !== 'package.json'
}

function keepText(records: Records, text: string): void {
  try {
    keepRecord(records, JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
}
