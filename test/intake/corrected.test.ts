import type { Encounter, Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { libraryOf } from '../../mappers/library.ts'
import { readCodeFile } from '../../mappers/spec/code-file.ts'
import { sql } from '../../server/db/sql.ts'
import { libraryCatalog } from '../../server/intake/library-catalog.ts'
import { intakeServer, type IntakeServer } from './server.ts'

interface Version {
  readonly key: number
  readonly at: number
  readonly name: string
}

describe('A record that comes again corrected', () => {
  let server: IntakeServer
  let patients = 0
  before(async () => {
    server = await intakeServer([{ slug: 'toy' }])
  })
  after(() => server.stop())

  /** `of`: whom it is about, if that is not in its key. */
  const row = (mark: string, { key, at, name }: Version, of = mark) =>
    `${mark}k${key}|2026-11-22T10:${String(at).padStart(2, '0')}:00+05:30|${of}|${name}|||\n`
  const namesOf = async (patient: string) => {
    const { name = [] } = await server.json<Patient>(`/fhir/Patient/toy-p-${patient}`)
    return name.map(({ text = '' }) => text).toSorted()
  }
  const replay = async (message: string) => {
    await fetch(`${server.origin}/intake/toy/${message}/replay`, { method: 'POST' })
    await server.settled('toy', message)
  }

  it('leaves each of two people the names that the last version of each record says of them, in whatever order and batches they come', async () => {
    const version = fc.record({
      key: fc.nat(2),
      at: fc.nat(59),
      of: fc.nat(1),
      name: fc.constantFrom('Gita', 'Geeta', 'Sita', 'Rita'),
    })
    const versions = fc.uniqueArray(version, { minLength: 1, maxLength: 8, selector: ({ key, at }) => `${key} ${at}` })
    const cuts = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(versions, cuts, async (list, cut) => {
        const mark = `c${++patients}`
        const sent: string[] = []
        let file = ''
        for (const [i, one] of list.entries()) {
          file += row(mark, one, `${mark}-${one.of}`)
          if (!cut[i] && i < list.length - 1) continue
          sent.push((await server.send('toy', file)).message)
          file = ''
        }
        const last = [0, 1, 2].map((key) => list.filter((one) => one.key === key).toSorted((a, b) => b.at - a.at)[0])
        const expectTold = async () => {
          for (const person of [0, 1]) {
            const expected = [...new Set(last.flatMap((one) => (one?.of === person ? one.name : [])))].toSorted()
            expect(await namesOf(`${mark}-${person}`)).to.deep.equal(expected)
          }
        }
        await expectTold()
        for (const message of sent) await replay(message)
        await expectTold()
      }),
      { numRuns: 10 },
    )
  })

  const rowOf = (patient: string, key: number, at: number, name: string, of = patient) =>
    row(patient, { key, at, name }, of)

  it('takes back from another person what it told under the wrong number', async () => {
    await server.send('toy', row('right', { key: 1, at: 1, name: 'Sita' }))
    await server.send('toy', rowOf('row', 1, 1, 'Gita', 'right'))
    expect(await namesOf('right')).to.deep.equal(['Gita', 'Sita'])
    await server.send('toy', rowOf('row', 1, 2, 'Gita', 'other'))
    expect([await namesOf('right'), await namesOf('other')]).to.deep.equal([['Sita'], ['Gita']])
    // and back: what was right after all
    await server.send('toy', rowOf('row', 1, 3, 'Gita', 'right'))
    expect([await namesOf('right'), await namesOf('other')]).to.deep.equal([['Gita', 'Sita'], []])
  })

  it('keeps there what another row says of the same person, in the same batch too', async () => {
    await server.send('toy', rowOf('a', 1, 1, 'Gita', 'both'))
    await server.send('toy', rowOf('b', 1, 1, 'Gita', 'both'))
    await server.send('toy', rowOf('a', 1, 2, 'Gita', 'away'))
    expect(await namesOf('both')).to.deep.equal(['Gita'])
    await server.send('toy', rowOf('c', 1, 1, 'Gita', 'both') + rowOf('b', 1, 2, 'Gita', 'away'))
    expect(await namesOf('both')).to.deep.equal(['Gita'])
    await server.send('toy', rowOf('c', 1, 2, 'Gita', 'away') + rowOf('d', 1, 1, 'Rita', 'both'))
    expect(await namesOf('both')).to.deep.equal(['Rita'])
  })

  it('comes back to its first value when it is corrected to it', async () => {
    for (const [i, name] of ['Gita', 'Geeta', 'Gita', 'Geeta', 'Gita'].entries()) {
      await server.send('toy', row('thrice', { key: 1, at: i, name }))
      expect(await namesOf('thrice')).to.deep.equal([name])
    }
  })

  it('leaves what was written by hand', async () => {
    await server.send('toy', row('hand', { key: 1, at: 1, name: 'Gita' }))
    const path = '/fhir/Patient/toy-p-hand'
    const there = await server.json<Patient>(path)
    const body = JSON.stringify({
      ...there,
      name: [...(there.name ?? []), { text: 'Geetanjali' }],
      telecom: [{ system: 'phone', value: '+919827112345' }],
    })
    const headers = { 'content-type': 'application/fhir+json' }
    expect((await fetch(`${server.origin}${path}`, { method: 'PUT', body, headers })).status).to.equal(200)
    await server.send('toy', row('hand', { key: 1, at: 2, name: 'Geeta' }))
    await server.send('toy', rowOf('hand', 1, 3, 'Geeta', 'elsewhere'))
    const { name, telecom, identifier } = await server.json<Patient>(path)
    expect(name).to.deep.equal([{ text: 'Geetanjali' }])
    expect(telecom).to.deep.equal([{ system: 'phone', value: '+919827112345' }])
    expect(identifier, 'the row alone said so').to.equal(undefined)
  })

  it('takes nothing from a person that a merge has ended, nor the merge itself', async () => {
    await server.send('toy', row('left', { key: 1, at: 1, name: 'Gita' }) + row('right2', { key: 1, at: 1, name: 'Gita Devi' })) // prettier-ignore
    await server.send('toy', rowOf('m', 1, 2, 'Gita Devi', 'right2').replace('|||\n', '|||merge=left\n'))
    await server.send('toy', row('left', { key: 1, at: 3, name: 'Geeta' }))
    const ended = await server.json<Patient>('/fhir/Patient/toy-p-left')
    expect(ended).to.deep.include({ active: false, name: [{ text: 'Geeta' }] })
    expect(ended.link?.[0]?.type).to.equal('replaced-by')
    const stays = await server.json<Patient>('/fhir/Patient/toy-p-right2')
    expect(stays.link?.[0]?.type).to.equal('replaces')
  })

  it('takes nothing back that a record may have said whose message was pruned', async () => {
    await server.send('toy', row('old', { key: 1, at: 1, name: 'Gita' }))
    await server.database.db.rows(sql`delete from record`)
    await server.send('toy', row('old', { key: 2, at: 1, name: 'Gita' }))
    await server.send('toy', row('old', { key: 2, at: 2, name: 'Geeta' }))
    expect(await namesOf('old')).to.deep.equal(['Geeta', 'Gita'])
  })
})

describe('A row of a register that comes again corrected', () => {
  let server: IntakeServer
  before(async () => {
    const read = (path: string) => readFileSync(new URL(`../../mappers/${path}`, import.meta.url), 'utf8')
    const dialects = new Map([['csv-opd-register', read('dialects/csv-opd-register.yaml')]])
    const codes = new Map(
      ['city-drugs', 'city-diagnoses'].map((name) => [name, readCodeFile(name, read(`codes/${name}.csv`))]),
    )
    const rose = 'facility: rose\norganization: { hfr: IN2299000010, name: Rose }\nextends: csv-opd-register\n'
    const catalog = libraryCatalog(() => libraryOf(new Map([['rose', rose]]), dialects, codes))
    server = await intakeServer([], { catalog })
  })
  after(() => server.stop())

  const header =
    'OPD No,UHID,Patient Name,Father/Husband,Age,Sex,Mobile,ABHA No,Address,Date,Time,Department,Doctor,Complaint,Fee,Diagnosis,' +
    'Medicine 1,Dose 1,Days 1,Medicine 2,Dose 2,Days 2,Medicine 3,Dose 3,Days 3,Medicine 4,Dose 4,Days 4,Weight (kg),Temp (F),Pulse\n'
  const row = (visit: string, name: string, mobile: string, address: string, doctor: string, fee: string) =>
    `${visit},U1,${name},,34,F,${mobile},,${address},18-11-2026,10:00,OPD,${doctor},Fever,${fee},,${','.repeat(14)}\n`
  const one = async <T>(type: string) => {
    const { entry = [] } = await server.json<{ entry?: { resource: T }[] }>(`/fhir/${type}`)
    return entry.map(({ resource }) => resource)
  }
  const told = async () => {
    const [patient] = await one<Patient>('Patient')
    const [encounter] = await one<Encounter>('Encounter?identifier=V1')
    return {
      names: patient?.name?.map(({ text }) => text),
      mobiles: patient?.telecom?.map(({ value }) => value),
      address: patient?.address?.map(({ text }) => text),
      doctors: encounter?.participant?.map(({ individual }) => individual?.display),
      fee: encounter?.extension?.length ?? 0,
    }
  }

  it('leaves nothing of the old one: name, mobile, address, doctor, fee', async () => {
    await server.send('rose', header + row('V1', 'Gita Devi', '9827112345', 'Ward 5', 'Dr. Rao', '200'))
    expect(await told()).to.deep.equal({
      names: ['Gita Devi'],
      mobiles: ['+919827112345'],
      address: ['Ward 5'],
      doctors: ['Dr. Rao'],
      fee: 1,
    })
    await server.send('rose', header + row('V1', 'Geeta Devi', '9827154321', '', 'Dr. Sinha', ''))
    expect(await told()).to.deep.equal({
      names: ['Geeta Devi'],
      mobiles: ['+919827154321'],
      address: undefined,
      doctors: ['Dr. Sinha'],
      fee: 0,
    })
  })

  it('keeps what another visit says', async () => {
    await server.send('rose', header + row('V2', 'Geeta Devi', '9827154321', 'Ward 6', 'Dr. Rao', '200'))
    await server.send('rose', header + row('V1', 'Geeta Devi Sahu', '9827100000', '', 'Dr. Sinha', ''))
    expect(await told()).to.deep.equal({
      names: ['Geeta Devi Sahu', 'Geeta Devi'],
      mobiles: ['+919827100000', '+919827154321'],
      address: ['Ward 6'],
      doctors: ['Dr. Sinha'],
      fee: 0,
    })
  })

  it('brings to light what another visit says where it was covered: address, sex, age', async () => {
    const of = (uhid: string, ...rest: [string, string, string, string, string, string]) => row(...rest).replace(',U1,', `,${uhid},`) // prettier-ignore
    const patient = async (uhid: string) => {
      const [found] = await one<Patient>(`Patient?identifier=${uhid}`)
      return { names: found?.name?.map(({ text }) => text), address: found?.address?.map(({ text }) => text), gender: found?.gender, born: found?.birthDate } // prettier-ignore
    }
    await server.send('rose', header + of('U2', 'V8', 'Ramesh Sahu', '9827100008', 'Ward 8', 'Dr. Rao', '').replace(',34,F,', ',61,M,')) // prettier-ignore
    const before = await patient('U2')
    expect(before).to.deep.include({ names: ['Ramesh Sahu'], address: ['Ward 8'], gender: 'male' })
    // under the wrong number, and then under the right one
    await server.send('rose', header + of('U2', 'V9', 'Sita Verma', '9827100009', 'Ward 9', 'Dr. Rao', ''))
    expect(await patient('U2')).to.deep.include({ names: ['Sita Verma', 'Ramesh Sahu'], address: ['Ward 9'], gender: 'female' }) // prettier-ignore
    await server.send('rose', header + of('U3', 'V9', 'Sita Verma', '9827100009', 'Ward 9', 'Dr. Rao', ''))
    expect(await patient('U2')).to.deep.equal(before)
    expect(await patient('U3')).to.deep.include({ names: ['Sita Verma'], address: ['Ward 9'], gender: 'female' })
  })
})
