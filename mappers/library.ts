import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readCodeFile } from './spec/code-file.ts'
import type { CodeRow } from './spec/codes.ts'
import { compileAll } from './spec/compile/all.ts'
import type { Effective } from './spec/effective.ts'
import { explainTree, type ExplainedLine } from './spec/explain.ts'
import { fault, SpecFaults, unknown, type Fault } from './spec/faults.ts'
import { merge, settle } from './spec/merge.ts'
import { parseFile } from './spec/parse.ts'
import { shape } from './spec/shape.ts'
import { find, placeOf, table, type Table } from './spec/tree.ts'
import { validateFile } from './spec/validate.ts'

/** facility → dialect → base */
const MAX_DEPTH = 3

/** The files of a folder: dialects/, facilities/ and codes/, read once. */
export interface Library {
  /** Of the facilities, in order. */
  slugs(): readonly string[]
  dialects(): readonly string[]
  /** A facility's file merged with what it extends. Throws SpecFaults with all that is wrong in those files. */
  effective(slug: string): Effective
  /** The same of a text that is in no folder yet (`parchi facility suggest`, a published file). */
  effectiveOf(slug: string, text: string): Effective
  /** The effective file, each line with where it comes from. */
  explain(slug: string): readonly ExplainedLine[]
  /** As it is written. */
  text(slug: string): string
}

export function readLibrary(folder: string): Library {
  const facilities = readFolder(join(folder, 'facilities'), '.yaml')
  const dialects = readFolder(join(folder, 'dialects'), '.yaml')
  const codes = new Map<string, { rows: CodeRow[]; faults: Fault[] }>()
  for (const [name, text] of readFolder(join(folder, 'codes'), '.csv'))
    codes.set(name, readCodeFile(`${name}.csv`, text))
  return libraryOf(facilities, dialects, codes)
}

/** A library of texts: what readLibrary makes of a folder. */
export function libraryOf(
  facilities: ReadonlyMap<string, string>,
  dialects: ReadonlyMap<string, string>,
  codes: ReadonlyMap<string, { rows: readonly CodeRow[]; faults: readonly Fault[] }>,
): Library {
  const lists = new Map([...codes].map(([name, { rows }]) => [name, rows]))
  const text = (slug: string) => {
    const found = facilities.get(slug)
    if (found === undefined) {
      throw new SpecFaults([fault({ file: `${slug}.yaml`, line: 1 }, [], unknown('facility', slug, facilities.keys()))])
    }
    return found
  }
  const effectiveOf = (slug: string, own: string): Effective => {
    const faults = [...codes.values()].flatMap((list) => list.faults)
    const { root, whole } = resolve(`${slug}.yaml`, own, dialects, faults)
    if (whole) checkName(root, slug, faults)
    if (faults.length > 0) throw new SpecFaults(whole ? [...faults, ...furtherFaults({ slug, root, lists })] : faults)
    return { slug, root, lists }
  }
  return {
    slugs: () => [...facilities.keys()],
    dialects: () => [...dialects.keys()],
    text,
    effectiveOf,
    effective: (slug) => effectiveOf(slug, text(slug)),
    explain: (slug) => explainTree(effectiveOf(slug, text(slug)).root),
  }
}

function checkName(root: Table, slug: string, faults: Fault[]): void {
  const name = find(root, ['facility'])
  if (name?.kind !== 'text') faults.push(fault(root.at, [], `It must say facility: ${slug}.`))
  else if (name.text !== slug) faults.push(fault(name.at, ['facility'], `The file's name says ${slug}.`))
}

/** What the compiler has to say about the rest of a file that is wrong already, so that all is told at once. */
function furtherFaults(effective: Effective): readonly Fault[] {
  const faults: Fault[] = []
  compileAll(effective, faults)
  return faults
}

interface Resolved {
  readonly root: Table
  /** False where a file could not be read at all: then nothing more can be said of the rest. */
  readonly whole: boolean
}

/** A file over what it extends, from the ground up. */
function resolve(file: string, text: string, dialects: ReadonlyMap<string, string>, faults: Fault[]): Resolved {
  const layers: Table[] = []
  let whole = true
  let [name, body]: [string, string] = [file, text]
  for (let depth = 1; ; depth++) {
    const { root, faults: unread, broken } = parseFile(name, body)
    if (broken) whole = false
    const { sound, faults: wrong } = validateFile(root)
    faults.push(...unread, ...wrong)
    const layer = shape(sound, faults)
    layers.unshift(layer)
    const above = find(layer, ['extends'])
    if (above?.kind !== 'text') break
    const at = placeOf(layer, ['extends'])
    const next = dialects.get(above.text)
    const say = (message: string) => void faults.push(fault(at, ['extends'], message))
    if (next === undefined) say(unknown('dialect', above.text, dialects.keys()))
    else if (depth === MAX_DEPTH) say(`No more than ${MAX_DEPTH} files may stand on one another.`)
    if (next === undefined || depth === MAX_DEPTH) {
      whole = false
      break
    }
    ;[name, body] = [`${above.text}.yaml`, next]
  }
  const [base, ...overs] = layers
  return { root: settle(overs.reduce(merge, base ?? table({ file, line: 1 }, []))), whole }
}

/** Name (without its ending) → text; a folder that is not there holds nothing. */
function readFolder(folder: string, ending: string): Map<string, string> {
  let names: string[]
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(ending))
  } catch {
    names = []
  }
  return new Map(names.toSorted().map((name) => [basename(name, ending), readFileSync(join(folder, name), 'utf8')]))
}
