import type { Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from '../../../mappers/compile.ts'
import { readLibrary } from '../../../mappers/library.ts'
import { fold } from '../../../mappers/read/header.ts'
import { lexicon } from '../../../mappers/suggest/lexicon.ts'
import type { Look } from '../../../mappers/suggest/columns/looks.ts'
import { lookAt } from '../../../mappers/suggest/sample/look.ts'
import { NoSample, suggest, type Suggestion } from '../../../mappers/suggest/suggest.ts'
import { workbook } from '../read/tables/workbook.ts'
import { boundBy } from './equal.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const library = readLibrary(join(root, 'mappers'))
const receivedAt = new Date('2026-11-23T07:30:00+05:30')

/** One facility in so many is looked at: all of them take too long for every run. */
const ONE_IN = 7

describe('suggesting a facility file', function () {
  this.timeout(60_000)

  describe('for what the facilities of the city send', () => {
    const slugs = library.slugs().filter((_, at) => at % ONE_IN === 0)
    const shares = { precision: [] as number[], recall: [] as number[], dialects: 0 }

    for (const slug of slugs) {
      it(`writes one for ${slug} that compiles`, async () => {
        const bytes = sampleOf(slug)
        const made = await suggest(library, bytes, { slug, hfr: 'IN2297000000', receivedAt })
        expect(compile(library.effectiveOf(slug, made.text)).facility.slug).to.equal(slug)
        await tally(slug, bytes, made)
      })
    }

    it('binds the same columns to the same fields as the facility’s own file, nine times out of ten', () => {
      const mean = (all: number[]) => all.reduce((sum, one) => sum + one, 0) / all.length
      const [precision, recall] = [mean(shares.precision), mean(shares.recall)]
      console.log(`      ${shares.recall.length} facilities: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ${shares.dialects} on the same dialect`) // prettier-ignore
      expect(precision).to.be.at.least(0.9)
      expect(recall).to.be.at.least(0.9)
      expect(shares.dialects).to.be.at.least(slugs.length * 0.8)
    })

    async function tally(slug: string, bytes: Uint8Array, made: Suggestion): Promise<void> {
      const { columns, kind } = await lookAt(bytes)
      const there = new Set(columns.map(({ path }) => fold(path)))
      const table = kind === 'csv' || kind === 'xlsx'
      const seen = (text: string) => [...boundBy(library, slug, text)].filter((one) => !table || there.has(one.slice(one.indexOf(' ← ') + 3))) // prettier-ignore
      const [right, ours] = [seen(library.text(slug)), seen(made.text)]
      const both = ours.filter((one) => right.includes(one)).length
      shares.precision.push(ours.length === 0 ? 1 : both / ours.length)
      shares.recall.push(right.length === 0 ? 1 : both / right.length)
      if (made.dialect === /^extends: (\S+)/m.exec(library.text(slug))?.[1]) shares.dialects++
    }
  })

  describe('for files that nobody has seen', () => {
    const folder = join(root, 'test/mappers/suggest/cases')
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Case>

    it('has an expectation for each of them', () => {
      const files = readdirSync(folder).filter((name) => name !== 'expected.json')
      expect(files).to.have.members(Object.keys(expected))
    })

    for (const [file, { kind, bound, lines, mapped }] of Object.entries(expected)) {
      it(`reads ${file}, and maps ${mapped} of its records`, async () => {
        const made = await suggest(library, readFileSync(join(folder, file)), { slug: 'new-clinic', receivedAt })
        expect(made.kind).to.equal(kind)
        expect([...boundBy(library, 'new-clinic', made.text)]).to.include.members(bound)
        for (const line of lines) expect(made.text).to.include(line)
        expect(made.tried).to.include({ mapped, quarantined: 0 })
      })
    }
  })

  describe('makes of such files what a doctor would read in them', () => {
    it('bookings with their hour and state, and no visits', async () => {
      const made = await resourcesOf('booking.tsv')
      const booked = made.filter((one) => one.resourceType === 'Appointment')
      expect(booked.map(({ status, start }) => [status, start])).to.deep.equal([
        ['booked', '2026-11-24T09:00:00+05:30'],
        ['cancelled', '2026-11-24T09:10:00+05:30'],
        ['noshow', '2026-11-24T14:30:00+05:30'],
      ])
      expect(made.filter(({ resourceType }) => resourceType === 'Encounter')).to.deep.equal([])
    })

    it('medicines that were sold as handed out, to one customer a bill, and to nobody in particular for cash', async () => {
      const made = await resourcesOf('bills.csv')
      const customers = new Map(made.filter((one) => one.resourceType === 'Patient').map((one) => [one.id, one]))
      expect([...customers.values()].map(({ name }) => [name?.[0]?.text, name?.[0]?.use])).to.deep.equal([
        ['Laxmi Netam', undefined],
        ['Mr. Anil Jain', undefined],
        ['CASH', 'temp'],
      ])
      const given = made.filter((one) => one.resourceType === 'MedicationDispense')
      expect(given.map(({ quantity, whenHandedOver }) => [quantity?.value, whenHandedOver])).to.deep.equal([
        [15, '2026-11-13'],
        [15, '2026-11-13'],
        [30, '2026-11-13'],
        [2, '2026-11-14'],
      ])
      expect(made.flatMap((one) => (one.resourceType === 'Practitioner' ? [one.name?.[0]?.text] : []))).to.deep.equal(['Dr. P. Verma', 'Dr. P. Verma']) // prettier-ignore
    })

    it('results with the units that stand in the header, under the sample that was taken', async () => {
      const made = await resourcesOf('machine.csv')
      const [hb] = made.filter((one) => one.resourceType === 'Observation')
      expect(hb?.code).to.deep.equal({ coding: [{ system: 'http://loinc.org', code: '718-7' }], text: 'Hb' })
      expect(hb?.valueQuantity).to.deep.include({ value: 14.7, unit: 'g/dL', code: 'g/dL' })
      expect(hb?.effectiveDateTime).to.equal('2026-11-13T08:10:00+05:30')
      expect(made.filter(({ resourceType }) => resourceType === 'Encounter')).to.deep.equal([])
      expect(made.filter(({ resourceType }) => resourceType === 'DiagnosticReport')).to.have.length(3)
    })

    it('a man of fifty behind `50 M`, and each medicine of a cell; `Nil` is none', async () => {
      const made = await resourcesOf('theatre.csv')
      const people = made.filter((one) => one.resourceType === 'Patient')
      expect(people.map(({ birthDate, gender }) => [birthDate, gender])).to.deep.equal([
        ['1955', 'female'],
        ['1976', 'male'],
      ])
      const drugs = made.filter((one) => one.resourceType === 'MedicationRequest')
      expect(drugs.map(({ medicationCodeableConcept: drug }) => drug?.text)).to.deep.equal(['Inj Ceftriaxone 1g', 'Tab PCM 650']) // prettier-ignore
      const [done] = made.filter((one) => one.resourceType === 'Procedure')
      expect(done).to.include({ status: 'completed', performedDateTime: '2026-10-13' })
    })

    it('the hours of a stay as results of their own times, all of one patient and one stay that they do not date', async () => {
      const made = await resourcesOf('chart.tsv')
      const ids = (type: string) => new Set(made.filter(({ resourceType }) => resourceType === type).map(({ id }) => id))
      expect([ids('Patient').size, ids('Encounter').size]).to.deep.equal([3, 3])
      expect(made.flatMap((one) => (one.resourceType === 'Encounter' ? [one.period] : []))).to.deep.equal(Array.from({ length: 9 }))
      const pulse = made.filter((one) => one.resourceType === 'Observation' && one.code?.text === 'HR')
      expect(pulse.slice(0, 3).map((one) => one.resourceType === 'Observation' && one.effectiveDateTime)).to.deep.equal(['06', '12', '18'].map((hour) => `2026-11-18T${hour}:00:00+05:30`))
    }) // prettier-ignore

    it('a dose for each vaccine that has a column of its own, on the day that stands in it', async () => {
      const given = (await resourcesOf('tika.csv')).filter((one) => one.resourceType === 'Immunization')
      expect(given.map(({ vaccineCode, occurrenceDateTime }) => `${vaccineCode?.text} ${occurrenceDateTime}`).slice(0, 3)).to.deep.equal(['BCG 2026-01-02', 'OPV-0 2026-01-02', 'Penta-1 2026-02-15'])
      expect(given).to.have.length(8)
    }) // prettier-ignore

    it('the dead as dead', async () => {
      const people = (await resourcesOf('deaths.csv')).filter((one) => one.resourceType === 'Patient')
      expect(people.map(({ deceasedDateTime }) => deceasedDateTime)).to.deep.equal(['2026-11-14', '2026-11-13', '2026-11-16'])
    }) // prettier-ignore

    const resourcesOf = (file: string) => mappedFrom(readFileSync(join(root, 'test/mappers/suggest/cases', file)))
  })

  interface Case {
    readonly kind: string
    readonly bound: string[]
    readonly lines: string[]
    readonly mapped: number
  }

  it('says beside each line how sure it is and why, and binds no Aadhaar number', async () => {
    const { text } = await suggest(library, readFileSync(join(root, 'test/mappers/suggest/cases/hindi-register.csv')), { slug: 'a', receivedAt }) // prettier-ignore
    expect(text).to.match(/patient\.sex: .*# \d\.\d\d the header says so, the values look like it/)
    expect(text).to.match(
      /ignoreColumns: \[आधार नंबर, क्र\.\] +# Aadhaar numbers may not be stored; serial numbers name nothing/,
    )
    expect(text).to.match(/^#   कैफियत$/m)
  })

  it('takes no number for the patient’s own that begins anew each day, and says why', async () => {
    const names = ['Ramesh Sahu', 'Sita Verma', 'Mohan Lal', 'Rekha Jain', 'Anil Netam', 'Kunti Baghel', 'Dulari Soni', 'Imran Khan']
    const rows = names.map((name, at) => `${(at % 4) + 1},${18 + Math.floor(at / 4)}/11/2026,${name},${30 + at},M,Fever`)
    const { text } = await suggested(['Reg No,Date,Name,Age,Sex,Diagnosis', ...rows].join('\n'))
    expect(text).to.not.include('patient.localId')
    expect(text).to.include('#   Reg No: one number stands beside different names, so it names nobody')
    expect(text).to.include('key: [Reg No, Date]')
    const same = names.map((_, at) => `${(at % 4) + 1},${18 + Math.floor(at / 4)}/11/2026,${names[at % 4] ?? ''},${30 + (at % 4)},M,Fever`)
    expect((await suggested(['Reg No,Date,Name,Age,Sex,Diagnosis', ...same].join('\n'))).text).to.include('patient.localId: { from: Reg No')
  }) // prettier-ignore

  it('takes English in brackets for no Hindi font, and what kind of visit it was for no class', async () => {
    const rows = Array.from({ length: 6 }, (_, at) => `P${at},2026-11-1${at},Sita Verma,F,"[Diabetes, Hypertension]",${at % 2 ? 'New' : 'Review'}`)
    const { text } = await suggested(['Patient Number,Date,Patient Name,Sex,Complaints,Visit Type', ...rows].join('\n'))
    expect(text).to.not.include('legacyFont')
    expect(text).to.include('visit.type: { from: Visit Type, as: coded }').and.to.include('visit.class: { const: outpatient }')
  }) // prettier-ignore

  it('reads lists of words in a tree, each of its own, and the one column that holds times', async () => {
    const encounters = Array.from({ length: 6 }, (_, at) => ({
      ts: `1${at}-11-2026 10:30 AM`,
      person: { mrn: `Q${at}`, first: 'Sita', last: 'Verma', sex: 'F', birthYear: 1980 + at },
      dx: ['Hypertension', 'Obesity'],
      complaints: ['Fever', 'Cough'],
    }))
    const resources = (await mappedFrom(Buffer.from(JSON.stringify({ encounters })))).slice(0, 4)
    expect(resources.flatMap((one) => (one.resourceType === 'Condition' ? [one.code?.text] : []))).to.deep.equal(['Hypertension', 'Obesity'])
    const visit = resources.find((one) => one.resourceType === 'Encounter')
    expect(visit?.resourceType === 'Encounter' && [visit.period?.start, visit.reasonCode?.[0]?.text]).to.deep.equal(['2026-11-10T10:30:00+05:30', 'Fever, Cough'])
    expect(resources[0]).to.include({ resourceType: 'Patient', birthDate: '1980' })
  }) // prettier-ignore

  it('writes bindings that stand as they are, whatever columns come together', async () => {
    const header = fc.constantFrom(...lexicon.map(({ words }, at) => ({ at, words }))).chain(({ at, words }) => fc.constantFrom(...words).map((word) => ({ at, word })))
    const columns = fc.uniqueArray(header, { minLength: 4, maxLength: 14, selector: ({ at }) => at })
    await fc.assert(
      fc.asyncProperty(columns, async (all) => {
        const rows = [0, 1, 2, 3, 4].map((row) => all.map(({ at }) => cellFor(lexicon[at]?.looks?.[0], row)))
        const text = [['Patient Name', ...all.map(({ word }) => word)], ...rows.map((row, at) => [`Sita Verma${'abcde'[at] ?? ''}`, ...row])].map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n')
        const made = await suggested(text)
        expect(made.text).to.not.include('could not be proposed')
      }),
      { numRuns: 60, seed: 7 },
    )
  }) // prettier-ignore

  it('says of a file without a header that it has none, and which columns are called the same', async () => {
    const rows = ['R1,Sita Verma,34,F,9827112345,21/11/2026', 'R2,Mohan Lal,50,M,9755512345,22/11/2026', 'R3,Rekha Jain,8,F,9826011111,23/11/2026']
    expect(await refused(rows.join('\n'))).to.include('The first row holds a record')
    const twins = ['Reg No,Patient Name,Date,Date', 'R1,Sita Verma,21/11/2026,28/11/2026', 'R2,Mohan Lal,22/11/2026,29/11/2026']
    expect((await suggested(twins.join('\n'))).text).to.include('# Two columns are called Date: neither can be read until one of them is called otherwise.')
  }) // prettier-ignore

  it('takes the sheet of a workbook whose columns tell of patients, and an age with its unit beside it', async () => {
    const head = ['MR No', 'Patient Name', 'Age', 'Unit', 'Sex', 'Date', 'Diagnosis']
    const rows = [['JJ1', 'Mohan Lal', 7, 'M', 'M', '21/11/2026', 'Fever'], ['JJ2', 'Sita Verma', 34, 'Y', 'F', '22/11/2026', 'AGE']]
    const file = workbook({ sheets: [{ name: 'Summary', rows: [['OPD count', 2]] }, { name: 'OPD Nov', rows: [['JEEVAN HOSPITAL'], head, ...rows] }] })
    const made = await suggest(library, file, { slug: 'new-clinic', receivedAt })
    expect(made.text).to.include('sheet: OPD Nov')
    expect(made.text).to.include("patient.birth: { from: [Age, Unit], join: ' ', as: { age-at: Date } }")
    expect(made.tried).to.include({ mapped: 2, quarantined: 0 })
  }) // prettier-ignore

  it('knows messages and documents by what stands in them, whatever their names are', async () => {
    const adt =
      'MSH|^~\\&|HIS|SEVA|||20261121||ADT^A01|1|P|2.5\rPID|1||77^^^SEVA^MR||SAHU^RAMESH||19840211|M\rPV1|1|I\r'
    expect((await suggested(adt)).dialect).to.equal('hl7v2-his')
    const oru = adt
      .replace('ADT^A01', 'ORU^R01')
      .replace('PV1|1|I', 'OBR|1|||HB^Haemoglobin\rOBX|1|NM|718-7^Hb^LN||11.2|g/dL')
    expect((await suggested(oru)).dialect).to.equal('hl7v2-lab')
    const patient = { resourceType: 'Patient', id: 'p', name: [{ text: 'Ramesh Sahu' }], gender: 'male' }
    expect((await suggested(JSON.stringify(patient))).dialect).to.equal('fhir-r4')
  })

  it('says what a file is that nothing can be suggested for', async () => {
    expect(await refused('')).to.equal('The file is empty.')
    expect(await refused('%PDF-1.7 …')).to.include('a PDF')
    expect(await refused('a,b\n1,2\n')).to.include('no column names a patient')
  })

  /** What a file comes to under the mapping that is proposed for it. */
  async function mappedFrom(bytes: Uint8Array): Promise<Resource[]> {
    const { text } = await suggest(library, bytes, { slug: 'new-clinic', receivedAt })
    const found: Resource[] = []
    for await (const batch of compile(library.effectiveOf('new-clinic', text)).map([bytes], { receivedAt }).records)
      found.push(...batch.flatMap(({ resources }) => resources.map(({ resource }) => resource)))
    return found
  }

  /** A cell as a field of that look has it. */
  function cellFor(look: Look | undefined, row: number): string {
    const cells: Partial<Record<Look, string>> = {
      mobile: `982711234${row}`, abha: '91-7076-2008-8955', icd10: 'A90', date: `1${row}/11/2026`, datetime: `1${row}/11/2026 10:0${row}`, time: `10:0${row}`,
      sex: 'F', age: `${20 + row}`, name: 'Mohan Lal', pin: '492001', dose: '1-0-1', number: `${row + 3}`, measure: `${row}.5`, id: `N-${row}`, email: 'a@b.in', flag: 'Y',
      'age-sex': '34/F', pressure: '120/80', 'age-unit': 'Y', year: '1980', loinc: '718-7',
    } // prettier-ignore
    return (look && cells[look]) ?? `Word ${row}`
  }

  const suggested = (text: string) => suggest(library, Buffer.from(text), { slug: 'a', receivedAt })

  async function refused(text: string): Promise<string> {
    const error = await suggested(text).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).to.be.instanceOf(NoSample)
    return (error as NoSample).message
  }
})

function sampleOf(slug: string): Uint8Array {
  const folder = join(root, 'fixtures/facilities', slug)
  const name = readdirSync(folder).find((one) => one.startsWith('input.'))
  return readFileSync(join(folder, name ?? ''))
}
