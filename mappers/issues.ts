/**
 * Everything that can be wrong with what a facility sends: one row a code. `error` quarantines the record (or the value's
 * record), `warning` lets it in, `stop` holds the whole file. The remedy is for the hospital's IT person, in plain words.
 * Messages and remedies never quote a value; a value travels in `Issue.value`, masked.
 */
export const codes = {
  ENC_INVALID: row(
    'stop',
    'The bytes are not text in the declared encoding.',
    'Save the file as UTF-8, or declare its encoding in source.encoding.',
  ),
  ENC_FALLBACK: row('warning', 'Some bytes were read by the fallback encoding.', 'Save the file as UTF-8.'),
  ENC_REPAIRED: row('warning', 'The text was encoded twice and has been repaired.', 'Save the file as UTF-8 once.'),
  ENC_DOUBLE: row('error', 'The text was encoded twice and cannot be repaired.', 'Save the file as UTF-8 once.'),
  FONT_SUSPECT: row(
    'information',
    'The column looks like text of a legacy Hindi font.',
    'Declare it in source.legacyFont.',
  ),
  CSV_QUOTE: row('error', 'A quotation mark is opened and never closed.', 'Close it, or double it inside the cell.'),
  CSV_COLUMNS: row('error', 'The row has more or fewer cells than the header.', 'Quote cells that hold the separator.'),
  HDR_DUP: row('stop', 'Two columns have the same header.', 'Give each column its own name.'),
  HDR_MISSING: row(
    'stop',
    'A column that the mapping needs is not there.',
    'Rename it back, or add an alias in source.headerAliases.',
  ),
  HDR_NEW: row(
    'warning',
    'A column is not known to the mapping and was left out.',
    'Bind it, or list it in source.ignoreColumns.',
  ),
  NUM_LOSSY: row(
    'warning',
    'The number was shortened by a spreadsheet and its digits are lost.',
    'Format the column as text before exporting.',
  ),
  DATE_FORMAT: row('error', 'This is not a date in the declared order.', 'Write dates as source.dates declares them.'),
  DATE_SERIAL: row(
    'warning',
    "A spreadsheet's day number stands where a date is expected; it was read as counted from 1900.",
    'Format the column as a date before exporting.',
  ),
  DATE_BOTH: row('stop', 'The column holds dates in both orders.', 'Export all dates in one order.'),
  DATE_IMPOSSIBLE: row('error', 'There is no such day.', 'Correct the date.'),
  DATE_FUTURE: row('error', 'The date lies in the future.', 'Correct the date.'),
  AGE_RANGE: row('error', 'The age or the birth date is impossible.', 'Correct the age or the birth date.'),
  AGE_DOB: row('warning', 'Age and birth date disagree; the birth date was taken.', 'Correct one of them.'),
  PHONE_FAKE: row(
    'warning',
    'This is not a mobile number that can belong to somebody.',
    'Leave the cell empty when there is no number.',
  ),
  NAME_PLACEHOLDER: row(
    'warning',
    'The name stands for a person whose name is not known yet.',
    'Send the name when it is known.',
  ),
  NAME_MISSING: row('error', 'The patient has no name.', 'Fill in the name.'),
  SEX_UNKNOWN: row('warning', 'This word for the sex is not known; "unknown" was taken.', 'Add it to codes.sex.'),
  ABHA_FORMAT: row(
    'warning',
    'This is not an ABHA number; it was kept as a local number.',
    'An ABHA number has 14 digits.',
  ),
  ABHA_CHECK: row(
    'warning',
    'The check digit of the ABHA number is wrong; it was kept as a local number.',
    'Read it from the card again.',
  ),
  CODE_UNMAPPED: row(
    'warning',
    'The code has no counterpart yet; its text was kept.',
    'Map it in the work-list; it is then replayed.',
  ),
  CODE_AMBIGUOUS: row(
    'error',
    'The code list gives two targets for this code.',
    'Give one of them a priority in the code list.',
  ),
  UNIT_UNKNOWN: row('warning', 'The unit is not known; it was kept as text.', 'Add it to the unit list.'),
  VALUE_NEEDED: row('error', 'A value that every record needs is empty.', 'Fill it in.'),
  VALUE_FORMAT: row('warning', 'The value is not of the form that was expected and was left out.', 'Correct it.'),
  MSG_ID_REUSED: row(
    'error',
    'A message with this control id was received before, with another content.',
    'Give each message its own id.',
  ),
  SEG_UNKNOWN: row(
    'error',
    'A line is not a segment.',
    'Escape line ends inside fields as \\.br\\, or turn repair on.',
  ),
  SEG_UNMAPPED: row(
    'warning',
    'Segments of the message are not known to the mapping and were left out.',
    'Bind them, or list them in source.ignoreSegments.',
  ),
  GROUP_ORPHAN: row(
    'error',
    'A segment stands before the segment it belongs to.',
    'Send the segments in the order of the standard.',
  ),
  ROUTE_NONE: row(
    'error',
    'Messages of this kind are not taken.',
    'Add the kind to routes if it tells of patients; else do not send it.',
  ),
  ACCOUNT_MOVED: row(
    'error',
    'An account goes to another patient, and it is not known here which visits belong to it.',
    'Send each of its visits as moved (A45), with its number in MRG-5.',
  ),
  REF_MISSING: row(
    'error',
    'The record refers to one that was never received.',
    'Send the missing record; this one is then processed.',
  ),
  STALE: row('information', 'A newer version of this record is known already.', ''),
  FHIR_VERSION: row('warning', 'The resource was in an older FHIR version and has been converted.', 'Send FHIR R4.'),
  FHIR_FIXED: row('warning', 'The resource was mended before it was stored.', 'Send it as FHIR R4 defines it.'),
  RESOURCE_INVALID: row(
    'error',
    'The resource made from the record breaks a rule of FHIR R4.',
    'See the path in the message.',
  ),
  RECORD_FAILED: row(
    'error',
    'The record could not be processed.',
    'Nothing is known to be wrong with it: tell whoever runs the server.',
  ),
  AADHAAR: row('warning', 'An Aadhaar number was left out; it is never stored.', 'Do not send Aadhaar numbers.'),
  BATCH_HELD: row(
    'stop',
    'More rows were refused than the limit allows, so nothing was written.',
    'Correct the file, or raise limits.rejectPct, and send or release it.',
  ),
  LIMIT_SIZE: row('stop', 'The file is larger than allowed.', 'Split it.'),
  LIMIT_CELL: row('stop', 'A cell is larger than allowed.', 'Remove what does not belong there.'),
  LIMIT_RATIO: row('stop', 'The file unpacks to far more than its size.', 'Send it unpacked.'),
  LIMIT_ENTITY: row('stop', 'The XML declares entities.', 'Send it without a DOCTYPE.'),
  LIMIT_DEPTH: row('stop', 'The file is nested too deeply.', 'Send it flatter.'),
  LIMIT_RECORDS: row('stop', 'The file holds more records than allowed.', 'Split it.'),
  FILE_FORMAT: row('stop', 'This is not a file of the declared kind.', 'Check what was sent, and source.kind.'),
  FILE_EMPTY: row('stop', 'There is nothing in the file.', ''),
} as const satisfies Record<string, Row>

export type Code = keyof typeof codes
export type Level = 'information' | 'warning' | 'error' | 'stop'

interface Row {
  readonly level: Level
  readonly message: string
  readonly remedy: string
}

/** One finding about one record. `value` is masked (see mask.ts); everything else is free of personal data. */
export interface Issue {
  readonly code: Code
  readonly level: Level
  readonly message: string
  readonly remedy: string
  /** Physical line, from 1, where it begins; of an XLSX sheet the row, of HL7 the segment's line in the message. */
  readonly line?: number
  /** The column's header, the field's path (`PID-7`) or the element's (`visits[0].dob`). */
  readonly column?: string
  readonly value?: string
}

/** Where an issue is, beyond its code. `detail` is added to the message: names of columns and rules, never values. */
export interface Where {
  readonly line?: number
  readonly column?: string
  /** As sent; it is masked here. */
  readonly value?: string
  readonly detail?: string
  /** Instead of the code's own level: `need: record` makes any issue an error. */
  readonly level?: Level
}

export function issue(code: Code, { line, column, value, detail, level }: Where = {}): Issue {
  const { message, remedy, level: usual } = codes[code]
  return {
    code,
    level: level ?? usual,
    message: detail ? `${message} ${detail}` : message,
    remedy,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(value !== undefined && { value: mask(value) }),
  }
}

/** Shows the shape of a value and none of its letters or digits: `9827112345` → `9999999999`, `राम Kumar` → `xxx Xxxxx`. */
export function mask(value: string): string {
  return value
    .slice(0, 60)
    .replace(/\p{Nd}/gu, '9')
    .replace(/\p{Lu}/gu, 'X')
    .replace(/[\p{L}\p{M}]/gu, 'x')
}

/** Thrown by a reader: nothing more can be read of this file. */
export class FileStop extends Error {
  constructor(readonly issue: Issue) {
    super(issue.message)
  }
}

function row(level: Level, message: string, remedy: string): Row {
  return { level, message, remedy }
}
