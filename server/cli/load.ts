import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Context } from '../context.ts'
import { FhirError } from '../errors.ts'
import { desk } from '../interactions/desk.ts'
import type { House } from '../interactions/house.ts'
import type { FhirRequest } from '../interactions/request.ts'
import { ID } from '../interactions/route.ts'
import { system } from './system.ts'
import { Usage } from './words.ts'

export interface Loaded {
  files: number
  entries: number
  refused: number
  seconds: number
}

/** How many files are worked on at once. */
const AT_ONCE = 4

/**
 * Every *.json under the paths: bundles as transactions or batches, other resources put under their id. Files that
 * others refer to (`hospitalInformation…`, `practitionerInformation…`) go first. With --facility they are that one's own.
 */
export async function load(house: House, words: readonly string[]): Promise<Loaded> {
  const { paths, facility } = askedFor(words)
  const context = system('load', undefined, facility)
  const started = performance.now()
  const files = (await Promise.all(paths.map(jsonFiles))).flat()
  if (files.length === 0) throw new Error('There is no .json file to load: name a folder or files.')
  const result: Loaded = { files: 0, entries: 0, refused: 0, seconds: 0 }
  const first = files.filter((file) => /information/i.test(basename(file)))
  for (const file of first) await loadFile(house, context, file, result)
  const rest = files.filter((file) => !first.includes(file)).values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const file of rest) await loadFile(house, context, file, result)
    }),
  )
  result.seconds = Math.round(performance.now() - started) / 1000
  return result
}

/** `--facility <id>` or `--facility=<id>`: of its Organization. */
function askedFor(words: readonly string[]): { paths: string[]; facility: string | undefined } {
  try {
    const options = { facility: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true })
    if (values.facility !== undefined && !ID.test(values.facility))
      throw new Usage('--facility takes the id of an Organization.')
    return { paths: positionals, facility: values.facility }
  } catch (error) {
    if (error instanceof Usage) throw error
    throw new Usage('load <folders or files> [--facility <Organization id>]')
  }
}

async function jsonFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

async function loadFile(house: House, context: Context, file: string, result: Loaded): Promise<void> {
  try {
    const request = requestFor(await readFile(file, 'utf8'))
    result.entries += request.entries
    await desk(house, context, request)
    result.files++
  } catch (error) {
    if (!(error instanceof FhirError || error instanceof SyntaxError)) throw error
    result.refused++
    console.error(`${file}: ${error.message}`)
    for (const { path, message } of error instanceof FhirError ? error.issues.slice(0, 5) : [])
      console.error(`  ${path ?? ''} ${message}`)
  }
}

function requestFor(text: string): FhirRequest & { entries: number } {
  const { resourceType, id, type, entry } = JSON.parse(text) as {
    resourceType: string
    id?: string
    type?: string
    entry?: unknown[]
  }
  const body = { kind: 'text', text, contentType: 'application/fhir+json' } as const
  const common = { query: [], headers: {}, body }
  if (resourceType === 'Bundle' && (type === 'transaction' || type === 'batch')) {
    return { method: 'POST', path: [], ...common, entries: entry?.length ?? 0 }
  }
  return id === undefined
    ? { method: 'POST', path: [resourceType], ...common, entries: 1 }
    : { method: 'PUT', path: [resourceType, id], ...common, entries: 1 }
}
