import { expect } from 'chai'
import { generateCity } from '../../fixtures/city/city.ts'
import { compareDay, type FileOutcome } from '../../fixtures/city/day/compare.ts'
import { renderDay } from '../../fixtures/city/day/day.ts'
import type { Habits } from '../../fixtures/city/day/habits.ts'
import { injectors } from '../../fixtures/city/day/registers.ts'
import type { DayFile } from '../../fixtures/city/day/truth.ts'
import { mapFile } from './mapped.ts'

const received = new Date('2026-11-21T07:30:00+05:30')

/** Every dialect is there, and every house that has a fault of the whole file. */
function short({ dialect, turn, facility }: Habits): boolean {
  if (dialect === 'csv-opd-register') return turn < 22
  if (facility.kind === 'medical college' || facility.kind === 'district hospital') return false
  return dialect === 'hl7v2-his'
    ? turn === 5 || turn === 6
    : turn < 2 || (dialect === 'xlsx-opd-register' && turn === 5)
}

describe('a day in the city', () => {
  const city = generateCity({ people: 4000, days: 1 })
  const day = renderDay(city)
  const records = day.flatMap((file) => file.records)

  it('holds what 170 facilities send of 3,000 appointments, the same every time', () => {
    expect(new Set(day.map(({ facility }) => facility)).size).to.equal(170)
    expect(records.length).to.be.above(3000)
    const again = renderDay(city)
    expect(again.every(({ bytes }, i) => Buffer.compare(bytes, day[i]!.bytes) === 0)).to.equal(true)
  })

  it('has every messy input of a register somewhere, with its outcome', () => {
    const met = new Set([...records, ...day].map(({ mess }) => mess))
    expect(injectors.filter(({ mess }) => !met.has(mess)).map(({ mess }) => mess)).to.deep.equal([])
    expect([...others].filter((mess) => !met.has(mess))).to.deep.equal([])
  })

  it('sends late what newer messages have told already, whoever the day begins with', () => {
    for (const seed of ['dee5c616', 'b85ff1d4', '1c6b9706', 'efee4fb6']) {
      const [file] = renderDay(city, { seed, only: ({ dialect, turn }) => dialect === 'hl7v2-his' && turn === 1 })
      const messages = Buffer.from(file!.bytes)
        .toString()
        .split(/(?=^MSH)/m)
      const late = messages[file!.records.findIndex(({ mess }) => mess === 'late older update')]
      const visit = /^PV1(?:\|[^|]*){18}\|([^|]+)/m.exec(late ?? '')?.[1] ?? 'none'
      expect(messages.filter((message) => message.includes(visit)).length, seed).to.be.above(1)
    }
  })

  it('has no faults when none are asked for', () => {
    const clean = renderDay(city, { mess: false, only: ({ dialect }) => !dialect.startsWith('fhir') })
    const odd = clean.flatMap((file) => file.records).filter(({ state, mess }) => state === 'quarantined' || mess)
    expect(odd).to.deep.equal([])
  })

  it('is mapped so that nothing is lost, nothing comes twice, and every fault has its outcome', async () => {
    const files = renderDay(city, { only: short })
    const outcomes = new Map<DayFile, FileOutcome>()
    for (const file of files) outcomes.set(file, await mapFile(file, received))
    const report = compareDay(files, (file) => outcomes.get(file)!)
    expect(report.differences).to.deep.equal([])
    expect(new Set(files.map(({ facility }) => facility)).size).to.be.at.least(30)
    expect(report.equal / report.fields).to.be.at.least(0.999)
    expect([...report.mess].filter(([, { count, right }]) => right < count)).to.deep.equal([])
  }).timeout(180_000)

  it('tells when a field, a record or an outcome is another', async () => {
    const [file] = renderDay(city, { only: ({ dialect, turn }) => dialect === 'csv-opd-register' && turn === 0 })
    const right = await mapFile(file!, received)
    const [first, ...rest] = right.records
    const whats = (records: FileOutcome['records']) =>
      compareDay([file!], () => ({ ...right, records })).differences.map(({ what }) => what)
    expect(whats(rest)).to.deep.equal(['lost'])
    expect(whats([first!, first!, ...rest])).to.deep.equal(['twice'])
    expect(whats([{ ...first!, state: 'quarantined' }, ...rest])).to.deep.equal(['state'])
    const resources = first!.resources.map((one) =>
      one.resourceType === 'Patient' ? { ...one, gender: 'unknown' as const } : one,
    )
    expect(whats([{ ...first!, resources }, ...rest])).to.deep.equal(['patient sex'])
  })
})

/** The rows of the table that are about files, messages and trees. */
const others = new Set([
  'same file again',
  'the same file and 10 new rows',
  'corrected row, same key',
  'resend after a failed import',
  'renamed header',
  'duplicate header',
  'extra column',
  'a column that proves both orders',
  'reject rate over the limit',
  'Windows-1252 smart quotes',
  'one local code, two targets',
  'one local code, two targets and a priority',
  'huge cell',
  'declared UTF-8, bad bytes',
  'zip bomb',
  'XML entities',
  'A08 before A04',
  'late older update',
  'the same message again',
  'same MSH-10, other body',
  'A40 merge',
  'A40 merge, survivor unknown',
  'HL7 ""',
  '\\T\\ and other escapes',
  'newline inside OBX-5',
  'newline inside OBX-5, repair off',
  'OBX before OBR',
  'unknown message type',
  'BOM before MSH',
  'NULs before MSH',
  'STU3 resource in an R4 feed',
])
