import type { Coded } from '../../mappers/canonical.ts'
import { compile } from '../../mappers/compile.ts'
import type { Library } from '../../mappers/library.ts'
import { fold, readTarget } from '../../mappers/spec/codes.ts'
import { printFault, SpecFaults } from '../../mappers/spec/faults.ts'
import { freeze } from '../../mappers/spec/freeze.ts'
import { find } from '../../mappers/spec/tree.ts'
import { SpecFault } from '../../mappers/read/source.ts'
import { FhirError } from '../errors.ts'
import type { Catalog, CatalogEntry, ExtraCode } from './catalog.ts'

/** The facilities of mappers/facilities. Their files are read when somebody asks for the first of them. */
export function libraryCatalog(open: () => Library): Catalog {
  let library: Library | undefined
  let facilities: CatalogEntry[] | undefined
  const read = () => (library ??= open())
  return {
    get facilities() {
      return (facilities ??= read()
        .slugs()
        .map((slug) => entryOf(read(), slug)))
    },
    frozen: (slug) => told(() => freeze(read().effective(slug))),
    compile: (text, extra) => told(() => compile(text, extra.length > 0 ? asked(extra) : undefined)),
  }
}

/** Faults of a facility's file as our own refusal: they name lines and words of that file, never a record's. */
function told<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SpecFault)) throw error
    const faults = error instanceof SpecFaults ? error.faults.map(printFault) : [error.message]
    const hint = 'Mend the facility’s file and publish it again.'
    throw new FhirError(
      'unprocessable',
      faults.map((message) => ({ message, hint })),
    )
  }
}

/** A file with faults keeps its place: they are told when it is used. */
function entryOf(library: Library, slug: string): CatalogEntry {
  try {
    const { root } = library.effective(slug)
    const text = (key: string) => {
      const node = find(root, ['organization', key])
      return node?.kind === 'text' ? node.text : undefined
    }
    return { slug, name: text('name') ?? slug, organization: text('hfr') ?? slug }
  } catch {
    return { slug, name: slug, organization: slug }
  }
}

function asked(extra: readonly ExtraCode[]): (list: string, word: string) => Coded | undefined {
  const known = new Map(
    extra.map(({ list, code, target }) => {
      const coding = readTarget(target)
      return [`${list}\0${fold(code)}`, coding && ({ codings: [coding] } satisfies Coded)]
    }),
  )
  return (list, word) => known.get(`${list}\0${fold(word)}`)
}
