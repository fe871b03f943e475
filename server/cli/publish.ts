import { createInterface } from 'node:readline/promises'
import { compile } from '../../mappers/compile.ts'
import { freeze } from '../../mappers/spec/freeze.ts'
import type { ReplayDiff } from '../intake/diff-replay.ts'
import type { Published } from '../intake/mappings.ts'
import type { Config } from '../config.ts'
import { withDoor, type Door } from './door.ts'
import { checkFixture } from './fixture.ts'
import { openLibrary, slugOf } from './mappers.ts'
import { inColumns, many, needed, progress, readWords, Said } from './words.ts'

const usage = 'publish <facility> [--days=7] [--yes] [--server=http://127.0.0.1:8080]'

/**
 * `publish <facility>`: the facility's file, as it is in mappers/, becomes the mapping in use. Refused when it does not
 * compile or its sample comes to something else; before, what replaying the last days would change is shown.
 */
export async function publishCommand(given: readonly string[], config: Config): Promise<Said> {
  const { words, option, has } = readWords(given, ['days', 'yes', 'server'])
  const slug = slugOf(needed(words, usage)[0] ?? '')
  const effective = openLibrary().effective(slug)
  const { checked, records } = await checkFixture(compile(effective))
  const sample = checked
    ? `Its sample maps as expected (${many(records, 'record')}).`
    : 'It has no sample with an expected result in fixtures/facilities.'
  const began = Date.now()
  return withDoor(config, option('server'), async (door) => {
    const text = freeze(effective)
    const { mappings } = (await door.get(`${slug}/mappings`)) as { mappings: Published[] }
    const before = mappings.find(({ active }) => active)
    const diff = await compare(door, slug, text, Number(option('days') ?? 7))
    const lines = [`${slug}: the file is sound. ${sample}`, ...diffLines(diff, Number(option('days') ?? 7))]
    if (!has('yes') && !(await agreed(lines)))
      return new Said({ facility: slug, published: false, diff }, [
        ...lines,
        '',
        'Nothing is published: --yes does it.',
      ])
    const published = (await door.post(`${slug}/mappings`, text)) as Published
    // Asking for its versions has made the first one of a facility that had none.
    const same = published.version === before?.version && new Date(before.published).getTime() < began
    const said = same
      ? `Version ${published.version} is in use already, with the same content: nothing was to be published.`
      : `Version ${published.version} is in use from now on. What came earlier stays as it is until it is replayed:\n  npm run -s parchi -- replay ${slug} --from=… --to=…`
    return new Said({ facility: slug, published: !same, version: published.version, diff }, [...lines, '', said])
  })
}

async function compare(door: Door, slug: string, text: string, days: number): Promise<ReplayDiff> {
  const tell = progress('Messages compared')
  const diff = await door.lines(`${slug}/mappings/compare?days=${days}`, text, ({ done, of }) => {
    if (typeof done === 'number' && typeof of === 'number') tell(done, of)
  })
  return diff as ReplayDiff
}

function diffLines(diff: ReplayDiff, days: number): string[] {
  const { messages, records, added, changed, removed, before, after, examples, stopped, partial } = diff
  if (messages === 0) return [`Nothing has come from it in the last ${many(days, 'day')}, so nothing would change.`]
  const types = [...new Set([added, changed, removed].flatMap((counts) => Object.keys(counts)))].toSorted()
  const states = [...new Set([before, after].flatMap((counts) => Object.keys(counts)))].toSorted()
  const of = (counts: Readonly<Record<string, number | undefined>>, key: string) => counts[key] ?? 0
  return [
    `Replaying the last ${many(days, 'day')} (${many(messages, 'message')}, ${many(records, 'record')}) through it would:`,
    ...(types.length === 0
      ? ['  change nothing.']
      : inColumns([
          ['', '', 'add', 'change', 'remove'],
          ...types.map((type) => ['', type, of(added, type), of(changed, type), of(removed, type)]),
        ])),
    'Outcomes of the records, as they are and as they would be:',
    ...inColumns(states.map((state) => ['', state, of(before, state), '→', of(after, state)])),
    ...examples.slice(0, 5).map(({ what, reference, line }) => `  ${what}: ${reference} (line ${line})`),
    ...(stopped.length > 0 ? [`${many(stopped.length, 'message')} could not be read to the end.`] : []),
    ...(partial ? ['There are more messages than were looked at.'] : []),
  ]
}

/** Asks where somebody sits at the keyboard. */
async function agreed(lines: readonly string[]): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY || process.argv.includes('--json')) return false
  const asked = createInterface({ input: process.stdin, output: process.stderr })
  process.stderr.write(`${lines.join('\n')}\n`)
  const answer = await asked.question('Publish it? (y/n) ')
  asked.close()
  return /^y(es)?$/i.test(answer.trim())
}
