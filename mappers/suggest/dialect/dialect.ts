import type { Library } from '../../library.ts'
import { fold } from '../../read/header.ts'
import { plain } from '../../spec/tree.ts'
import { testCodes } from '../columns/code-lists.ts'
import { recognise } from '../columns/recognise.ts'
import { wantedIn, type Tree, type Wanted } from './wanted.ts'

/** A facility file, or a dialect, by what it asks of a sample. */
export interface Dialect {
  readonly name: string
  readonly source: Tree
  readonly bind: Tree
  readonly codes: Tree
  readonly wanted: readonly Wanted[]
}

export function readDialect(library: Library, name: string): Dialect {
  const known = read.get(library) ?? new Map<string, Dialect>()
  read.set(library, known)
  const dialect = known.get(name) ?? readFile(library, { name, slug: 'new', text: emptyFileOver(name) })
  known.set(name, dialect)
  return dialect
}

/** Dialects are read once. */
const read = new WeakMap<Library, Map<string, Dialect>>()

function emptyFileOver(dialect: string): string {
  return `facility: new\norganization: { hfr: NEW }\nextends: ${dialect}\n`
}

interface File {
  readonly name: string
  readonly slug: string
  readonly text: string
}

/** The same of a facility's file. */
export function readFile(library: Library, { name, slug, text }: File): Dialect {
  const { root, lists } = library.effectiveOf(slug, text)
  const { source = {}, bind = {}, codes = {}, record = {} } = plain(root) as Partial<Record<string, Tree>>
  const bound = wantedIn(bind, testCodes(lists))
  const keys = [record['key'] ?? []].flat().map(String)
  const unbound = keys.filter((header) => !bound.some((one) => fold(one.header) === fold(header)))
  return { name, source, bind, codes, wanted: distinct([...bound, ...unbound.map(keyColumn)]) }
}

/** A part of the record's key that no field is made of. */
function keyColumn(header: string): Wanted {
  const [guess] = recognise([{ header, values: [] }])
  return { header, field: guess?.field ?? '', at: ['record', 'key'], needed: true }
}

function distinct(all: readonly Wanted[]): readonly Wanted[] {
  return [...new Map(all.map((one) => [`${fold(one.header)} ${one.field}`, one])).values()]
}
