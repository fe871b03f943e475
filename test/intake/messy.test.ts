import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { generateCity } from '../../fixtures/city/city.ts'
import { renderDay } from '../../fixtures/city/day/day.ts'

/**
 * The table of messy inputs, and what shows the outcome of each row: faults of the day of the city (mapped in
 * test/city/day.test.ts, and through a server that is killed in day.test.ts and `npm run soak -- --only day`), or tests by
 * file and title.
 */
const table: readonly (readonly [
  row: string,
  faults: readonly string[],
  tests?: readonly (readonly [string, string])[],
])[] = [
  [
    'UTF-8 BOM, UTF-16 with or without',
    [],
    [
      ['mappers/read/tables/text', 'reads UTF-8 and UTF-16 with their marks'],
      ['mappers/read/tables/text', 'reads UTF-16 without a mark, although Hindi in it is valid UTF-8'],
    ],
  ],
  ['Windows-1252 smart quotes', ['Windows-1252 smart quotes']],
  ['declared UTF-8, bad bytes', ['declared UTF-8, bad bytes']],
  ['double-encoded', ['double-encoded text', 'double-encoded text, cut']],
  ['Kruti Dev suspected', [], [['mappers/read/tables/krutidev', 'is suspected of columns that hold it']]],
  ['unclosed quote', ['unclosed quote']],
  ['5" tube unquoted, newline inside quotes', ['5" tube unquoted', 'newline inside quotes']],
  ['too few or many columns', ['too few columns', 'too many columns']],
  ['headers', ['duplicate header', 'renamed header', 'extra column']],
  [
    'title rows, totals footer',
    [],
    [
      ['mappers/read/tables/header', 'finds the header below title rows'],
      ['mappers/read/tables/fixed', 'ignores titles, its own header, ruled lines and footers'],
    ],
  ],
  [
    'Excel serials, 1904 system',
    [],
    [
      ['mappers/read/tables/xlsx', 'reads serial dates by their style and never through local time'],
      ['mappers/read/tables/xlsx', 'takes every day of a century to its own date'],
    ],
  ],
  ['9.82711E+09 as mobile', ['9.82711E+09 as mobile']],
  ['day first, both orders', ['a column that proves both orders']],
  ['31/02/2026, future visit', ['31/02/2026', 'future visit']],
  ['ages', ['35 Y / 6 M', '35', '8 M', '10 D']],
  ['age 350, DOB after visit', ['age 350', 'DOB after visit']],
  ['DOB and age disagree', ['DOB and age disagree']],
  ['phones', ['+91 98271-12345', '098…', 'two numbers in a cell']],
  ['nobody’s phones', ['9999999999', '8 digits']],
  ['Smt. Geeta Devi W/o Mohan', ['Smt. Geeta Devi W/o Mohan']],
  ['Baby of Sunita', ['Baby of Sunita']],
  ['blank name with a key', ['blank name with a key']],
  ['sexes', ['sex of a third kind', 'sex blank', 'sex unlisted']],
  ['ABHA', ['ABHA of wrong length', 'ABHA with a wrong check digit']],
  [
    'unmapped drug or lab',
    ['unmapped drug', 'unmapped lab test'],
    [['intake/http', 'replays what waits for a code once it is mapped']],
  ],
  ['one local code, two targets', ['one local code, two targets', 'one local code, two targets and a priority']],
  ['doses', ['dose 1-0-1', 'dose BD', 'dose in Hindi words', 'dose in free text']],
  ['values', ['<0.01', 'Positive', '12.5 H']],
  ['units', ['unit gm%', 'unit lakh/cumm', 'unknown unit']],
  [
    'files again',
    ['same file again', 'the same file and 10 new rows', 'corrected row, same key'],
    [['intake/table', 'takes the same file again as a duplicate, whole']],
  ],
  ['rows and imports again', ['duplicate in file', 'resend after a failed import', 'the same message again']],
  ['same MSH-10, other body', ['same MSH-10, other body']],
  [
    'order of messages',
    ['A08 before A04', 'late older update'],
    [
      ['intake/order', 'take an update before the registration as an upsert'],
      ['intake/order', 'supersede a late older update'],
    ],
  ],
  [
    'HL7 framing',
    ['BOM before MSH', 'NULs before MSH'],
    [
      ['mappers/hl7v2/reader', 'reads messages whose segments end in CR, LF or CRLF'],
      ['mappers/hl7v2/reader', 'takes the delimiters from the message'],
      ['intake/ways/mllp', 'answers every message of a chunk in order'],
    ],
  ],
  ['newline inside OBX-5', ['newline inside OBX-5', 'newline inside OBX-5, repair off']],
  ['escapes', ['\\T\\ and other escapes']],
  ['OBX before OBR, unknown message type', ['OBX before OBR', 'unknown message type']],
  [
    'what refers to nobody',
    ['A40 merge, survivor unknown', 'A40 merge', 'reference to a missing patient'],
    [['intake/time', 'gives up on what waits too long']],
  ],
  ['HL7 ""', ['HL7 ""']],
  ['STU3 resource in an R4 feed', ['STU3 resource in an R4 feed']],
  ['reject rate over the limit', ['reject rate over the limit']],
  [
    'limits',
    ['zip bomb', 'XML entities', 'huge cell'],
    [['intake/order', 'hold a file that is larger than the facility’s own limit']],
  ],
]

describe('The table of messy inputs', () => {
  it('has a test of every row', () => {
    const day = renderDay(generateCity({ people: 4000, days: 1 }))
    const met = new Set([...day.flatMap(({ records }) => records), ...day].map(({ mess }) => mess))
    for (const [row, faults, tests = []] of table) {
      expect(faults.length + tests.length, row).to.be.above(0)
      for (const fault of faults) expect(met.has(fault), `${row}: ${fault} is nowhere in the day`).to.equal(true)
      for (const [file, title] of tests) {
        const text = readFileSync(new URL(`../${file}.test.ts`, import.meta.url), 'utf8')
        expect(text, `${row}: ${file} has no such test`).to.include(`it('${title}`)
      }
    }
  })
})
