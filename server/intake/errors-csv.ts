import { FileStop, type Issue } from '../../mappers/issues.ts'
import type { Mapped } from '../../mappers/mapping.ts'
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
        if (!begun) lines.push(head(formOf(source)))
        begun = true
        lines.push(row(record.raw(), open.value, formOf(source)))
      }
      if (lines.length > 0) yield lines.join('')
      if (open.done) break
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
  }
  if (!begun) yield head(formOf(source))
}

interface Wrong {
  readonly number: number
  readonly line: number
  readonly issues: readonly Issue[]
}

/** Refused, held with findings, or waiting, in the order of the file; page by page, for a slow reader must hold no connection. */
async function* outcomesOf({ house }: Intake, message: string): AsyncGenerator<Wrong, void, undefined> {
  for (let after = 0; ;) {
    const rows = await house.db.rows<Wrong>(sql`
      select number, line, coalesce(issues, '[]') as issues from record
      where message = ${message} and number > ${after} and (state in ('q', 'p') or (state = 'h' and issues is not null))
      order by number limit ${PAGE}`)
    yield* rows
    after = rows.at(-1)?.number ?? after
    if (rows.length < PAGE) return
  }
}

const PAGE = 500

const ADDED = ['error_line', 'error_code', 'error_column', 'error_value', 'error', 'remedy']

/** What stands between cells; of a row that is one text (fixed width, a message), it becomes one cell. */
interface Form {
  readonly header: readonly string[] | undefined
  readonly separator: string
  readonly cells: boolean
}

function formOf({ header, separator }: Mapped): Form {
  const own = separator?.()
  return { header: header?.(), separator: own ?? ',', cells: own !== undefined }
}

function head(form: Form): string {
  const own = form.cells && form.header ? form.header : ['record']
  return line(
    [...own, ...ADDED].map((text) => cell(text, form)),
    form,
  )
}

function row(raw: string, wrong: Wrong, form: Form): string {
  const errors = wrong.issues.filter(({ level }) => level === 'error' || level === 'stop')
  const shown = errors.length > 0 ? errors : wrong.issues
  const all = (name: 'code' | 'column' | 'value' | 'message' | 'remedy') =>
    [...new Set(shown.map((one) => one[name] ?? ''))].filter(Boolean).join(' | ')
  const added = [String(wrong.line), all('code'), all('column'), all('value'), all('message'), all('remedy')]
  // A row of a table stays byte for byte as it was sent.
  const own = form.cells ? raw.replace(/[\r\n]+$/, '') : cell(raw, form)
  return line([own, ...added.map((text) => cell(text, form))], form)
}

function line(cells: readonly string[], { separator }: Form): string {
  return `${cells.join(separator)}\r\n`
}

/** Quoted where it must be. A spreadsheet takes what begins with = + - @ for a formula, so that is made text. */
function cell(text: string, { separator }: Form): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /["\r\n]/.test(safe) || safe.includes(separator) ? `"${safe.replaceAll('"', '""')}"` : safe
}
