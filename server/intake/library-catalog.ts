import type { Coded } from '../../mappers/canonical.ts'
import { compile } from '../../mappers/compile.ts'
import type { Library } from '../../mappers/library.ts'
import type { Hl7Sender } from '../../mappers/mapping.ts'
import { fold, readTarget } from '../../mappers/spec/codes.ts'
import { printFault, SpecFaults } from '../../mappers/spec/faults.ts'
import { freeze } from '../../mappers/spec/freeze.ts'
import { parseFile } from '../../mappers/spec/parse.ts'
import { find, type Node } from '../../mappers/spec/tree.ts'
import { SpecFault } from '../../mappers/read/source.ts'
import { FhirError } from '../errors.ts'
import type { Catalog, CatalogEntry, ExtraCode } from './catalog.ts'

/**
 * The facilities of mappers/facilities. Their files are read when somebody asks for the first of them, and again when
 * `stamp` says that there are others: a new facility needs no restart.
 */
export function libraryCatalog(open: () => Library, stamp: () => number = () => 0): Catalog {
  let library: Library | undefined
  let facilities: CatalogEntry[] | undefined
  let readAt = 0
  const read = () => {
    const now = stamp()
    if (library && now === readAt) return library
    ;[facilities, readAt] = [undefined, now]
    return (library = open())
  }
  return {
    get facilities() {
      const known = read()
      return (facilities ??= known.slugs().map((slug) => entryOf(slug, known.text(slug))))
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

/**
 * From the facility's own file alone: who it is stands in no dialect, and to settle all files takes seconds. A file with
 * faults keeps its place: they are told when it is used. It is read when somebody asks, and not for what it does not name:
 * a server looks at all facilities when it starts, for the few that are pulled from or have a port of their own.
 */
function entryOf(slug: string, source: string): CatalogEntry {
  const head = once(() => parseFile(`${slug}.yaml`, headOf(source)).root)
  const text = (...path: string[]) => {
    const node = find(head(), path)
    return node?.kind === 'text' ? node.text : undefined
  }
  const name = once(() => text('organization', 'name') ?? slug)
  const organization = once(() => text('organization', 'hfr') ?? slug)
  const hl7 = once(() =>
    source.includes('hl7')
      ? senderOf(text('hl7', 'application'), text('hl7', 'facility'), text('hl7', 'port'))
      : undefined,
  )
  const pull = once(() => (source.includes('pull') ? endpointOf(text, find(head(), ['pull', 'types'])) : undefined))
  return {
    slug,
    get name() {
      return name()
    },
    get organization() {
      return organization()
    },
    get hl7() {
      return hl7()
    },
    get pull() {
      return pull()
    },
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function endpointOf(text: (...path: string[]) => string | undefined, types: Node | undefined): CatalogEntry['pull'] {
  const [url, schedule] = [text('pull', 'url'), text('pull', 'schedule')]
  const named = types?.kind === 'list' ? types.items.flatMap((item) => (item.kind === 'text' ? [item.text] : [])) : []
  return url !== undefined && schedule !== undefined && named.length > 0 ? { url, schedule, types: named } : undefined
}

/** The keys told from here, each with the lines indented under it. */
function headOf(text: string): string {
  const parts = text.split(/\r?\n(?=[^\s#])/)
  return parts.length < 2 ? text : parts.filter((part) => /^(organization|hl7|pull)\s*:/.test(part)).join('\n')
}

function senderOf(application?: string, facility?: string, port?: string): Hl7Sender | undefined {
  if (application === undefined && facility === undefined && port === undefined) return undefined
  return {
    ...(application !== undefined && { application }),
    ...(facility !== undefined && { facility }),
    ...(port !== undefined && { port: Number(port) }),
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
