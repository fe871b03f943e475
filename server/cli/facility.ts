import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compile } from '../../mappers/compile.ts'
import { suggest } from '../../mappers/suggest/suggest.ts'
import { find } from '../../mappers/spec/tree.ts'
import { checkFixture } from './fixture.ts'
import { mappersFolder, openLibrary, slugOf } from './mappers.ts'
import { inColumns, many, needed, readWords, Said, Usage } from './words.ts'

const usage = `facility list
       facility explain <facility>
       facility suggest <file> [--slug=my-clinic] [--hfr=IN…] [--name='My Clinic'] [--write]
       facility check <facility>`

/** Commands on facility files; none needs a database. */
export async function facilityCommand(given: readonly string[]): Promise<Said> {
  const { words, option, has } = readWords(given, ['slug', 'hfr', 'name', 'write', 'force', 'accept'])
  const [verb = '', word = ''] = words
  if (verb === 'list') return list()
  const [, name = ''] = needed([verb, word].filter(Boolean), usage, 2)
  if (verb === 'explain') return explain(slugOf(name))
  if (verb === 'check') return check(slugOf(name), has('accept'))
  if (verb !== 'suggest') throw new Usage(`Write: ${usage}`)
  const told = { slug: option('slug'), hfr: option('hfr'), name: option('name') }
  return suggested(name, { ...told, write: has('write'), force: has('force') })
}

function list(): Said {
  const library = openLibrary()
  const facilities = library.slugs().map((slug) => {
    const { root } = library.effective(slug)
    const text = (...path: string[]) => {
      const node = find(root, path)
      return node?.kind === 'text' ? node.text : ''
    }
    return {
      facility: slug,
      kind: text('source', 'kind'),
      hfr: text('organization', 'hfr'),
      name: text('organization', 'name'),
    }
  })
  const rows = facilities.map(({ facility, kind, hfr, name }) => [facility, kind, hfr, name])
  return new Said(facilities, [...inColumns(rows), many(rows.length, 'facility', 'facilities')])
}

function explain(slug: string): Said {
  const lines = openLibrary().explain(slug)
  const shown = lines.map(({ text, origin }) => `${text.padEnd(86)} # ${origin.file}:${origin.line}`)
  return new Said(lines, shown)
}

async function check(slug: string, accept: boolean): Promise<Said> {
  const library = openLibrary()
  const mapping = compile(library.effective(slug))
  const fixture = await checkFixture(mapping, accept)
  const lines = [
    `${slug}: the file is sound (kind ${mapping.kind}).`,
    fixture.checked
      ? `Its sample in fixtures/facilities/${slug} maps as expected (${many(fixture.records, 'record')}).`
      : `It has no sample yet: put one into fixtures/facilities/${slug}/input.<ending> and run check --accept.`,
  ]
  return new Said({ facility: slug, kind: mapping.kind, ...fixture }, lines)
}

interface SuggestWishes {
  readonly slug: string | undefined
  readonly hfr: string | undefined
  readonly name: string | undefined
  readonly write: boolean
  readonly force: boolean
}

async function suggested(file: string, { slug: wanted, hfr, name, write, force }: SuggestWishes): Promise<Said> {
  const slug = wanted ?? slugFrom(file)
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))
    throw new Usage('--slug is the name of the facility in small letters, digits and dashes: my-clinic-raipur')
  const library = openLibrary()
  const made = await suggest(library, readFileSync(file), {
    slug,
    hfr,
    name,
    receivedAt: new Date(),
  })
  const path = join(mappersFolder, 'facilities', `${slug}.yaml`)
  if (write && library.slugs().includes(slug) && !force)
    throw new Usage(`There is a facility ${slug} already: take another --slug, or --force to write over its file.`)
  if (write) writeFileSync(path, made.text)
  const { records, mapped, quarantined, problems } = made.tried
  const end = [
    '',
    `# ${basename(file)}: ${made.kind}; ${made.dialect === undefined ? 'no dialect fits, so all is written out' : `nearest dialect ${made.dialect}`}.`,
    `# Tried on the sample: ${mapped} of ${many(records, 'record')} would be taken in, ${quarantined} set aside.`,
    ...problems.map((problem) => `#   ${problem}`),
    write
      ? `# Written to mappers/facilities/${slug}.yaml. Next: npm run -s parchi -- map ${slug} ${file}`
      : '# Nothing is written; --write does.',
  ]
  return new Said({ ...made, ...(write && { written: path }) }, [...made.text.trimEnd().split('\n'), ...end])
}

function slugFrom(file: string): string {
  const name = basename(file)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
  return name.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'new-facility'
}
