import { FileStop, type Issue } from '../../mappers/issues.ts'
import { sql } from '../db/sql.ts'
import { mapped } from './process/first-pass.ts'
import type { Intake } from './intake.ts'
import { active, versionOf } from './mappings.ts'
import type { Message } from './message.ts'

/**
 * The facility's own rows as sent, each behind it what was wrong and how to mend it: a file that can be mended in a
 * spreadsheet and sent again. Of what is no table (HL7, JSON, XML) a record stands in one cell.
 */
export async function* errorsCsv(intake: Intake, message: Message): AsyncIterable<string> {
  const { facility, mapping: version } = message
  const { mapping } = version === null ? await active(intake, facility) : await versionOf(intake, facility, version)
  const source = mapped(intake, { message, mapping })
  const issues = outcomesOf(intake, message.id)
  let open = await issues.next()
  let begun = false
  try {
    for await (const batch of source.records) {
      const lines: string[] = []
      for (const record of batch) {
        while (!open.done && open.value.number < record.number) open = await issues.next()
        if (open.done) break
        if (open.value.number !== record.number) continue
        if (!begun) lines.push(head(source.header?.()))
        begun = true
        lines.push(row(record.raw(), source.header?.(), open.value))
      }
      if (lines.length > 0) yield lines.join('')
      if (open.done) break
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
  }
  if (!begun) yield head(source.header?.())
}

interface Wrong {
  readonly number: number
  readonly line: number
  readonly issues: readonly Issue[]
}

/** Refused, held with findings, or waiting, in the order of the file. */
async function* outcomesOf({ house }: Intake, message: string): AsyncGenerator<Wrong, void, undefined> {
  for await (const rows of house.db.stream<Wrong>(
    sql`
      select number, line, coalesce(issues, '[]') as issues from record
      where message = ${message} and (state in ('q', 'p') or (state = 'h' and issues is not null))
      order by number`,
    500,
  ))
    yield* rows
}

const ADDED = ['error_line', 'error_code', 'error_column', 'error_value', 'error', 'remedy']

function head(header: readonly string[] | undefined): string {
  return `${[...(header ?? ['record']), ...ADDED].map(cell).join(',')}\r\n`
}

function row(raw: string, header: readonly string[] | undefined, { line, issues }: Wrong): string {
  const wrong = issues.filter(({ level }) => level === 'error' || level === 'stop')
  const shown = wrong.length > 0 ? wrong : issues
  const join = (name: 'code' | 'column' | 'value' | 'message' | 'remedy') =>
    [...new Set(shown.map((one) => one[name] ?? ''))].filter(Boolean).join(' | ')
  const added = [String(line), join('code'), join('column'), join('value'), join('message'), join('remedy')]
  // A row of a table stays byte for byte as it was sent; its own cells are already separated.
  const own = header ? raw.replace(/[\r\n]+$/, '') : cell(raw)
  return `${own},${added.map(cell).join(',')}\r\n`
}

/** Quoted where it must be. A spreadsheet takes what begins with = + - @ for a formula, so that is made text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
