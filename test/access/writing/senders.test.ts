import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { generateCity } from '../../../fixtures/city/city.ts'
import { load } from '../../../server/cli/load.ts'
import { sql } from '../../../server/db/sql.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { linkAll } from '../../../server/patients/follow.ts'
import { intakeServer, type IntakeServer } from '../../intake/server.ts'
import { organizationOf } from '../../intake/toy.ts'
import { openFacilities, patient, type Facilities } from './facilities.ts'

describe('What is sent', function () {
  this.timeout(60_000)

  it('to the intake is the facility’s own, its Organization and Provenances too, and processed again it stays so', async () => {
    const intake: IntakeServer = await intakeServer([{ slug: 'north' }, { slug: 'south' }])
    try {
      const sent = await intake.send('north', 'k1||1|Asha Sahu|v1|PCM|\nk2||2|Ravi Verma|v2||')
      await intake.send('south', 'k1||1|Asha Sahu|v1|PCM|')
      const owners = async () =>
        intake.database.db.rows<{ facility: bigint; n: number; types: number }>(sql`
          select facility, count(*)::integer as n, count(distinct type)::integer as types from resource
          group by facility order by n desc`)
      const [north, south] = [
        rid('Organization', organizationOf('north')),
        rid('Organization', organizationOf('south')),
      ]
      const before = await owners()
      expect(before.map(({ facility }) => facility)).to.deep.equal([north, south])
      expect(before.every(({ types }) => types >= 4)).to.equal(true)
      await fetch(`${intake.origin}/intake/north/${sent.message}/replay`, { method: 'POST' })
      await intake.settled('north', sent.message)
      expect(await owners()).to.deep.equal(before)
    } finally {
      await intake.stop()
    }
  })

  it('by the demo city comes in letters of one facility each, together all that the city holds', () => {
    const city = generateCity({ people: 6, days: 20 })
    const keys = ({ entry = [] }: { entry?: { request?: { url?: string } }[] }) =>
      entry.map(({ request }) => request?.url)
    const letters = [...city.letters()]
    const [sent, all] = [letters.flatMap(({ bundle }) => keys(bundle)), [...city.bundles()].flatMap(keys)]
    expect(sent).to.have.members(all)
    const ids = new Set(city.facilities.map(({ hfr }) => hfr))
    expect(letters.every(({ facility }) => ids.has(facility))).to.equal(true)
    for (const { facility, bundle } of letters)
      for (const url of keys(bundle))
        if (url?.startsWith('Organization/')) expect(url).to.equal(`Organization/${facility}`)
  })

  it('by hand is whose --facility says, else the city’s; golden Patients are the city’s', async () => {
    const city: Facilities = await openFacilities()
    const folder = await mkdtemp(join(tmpdir(), 'parchi-load-'))
    try {
      const file = join(folder, 'one.json')
      await writeFile(file, JSON.stringify({ ...patient('hand', '50'), birthDate: '1990-01-01', gender: 'female' }))
      expect(await load(city.house, [file])).to.include({ files: 1, refused: 0 })
      expect(await city.ownerOf('Patient/hand')).to.equal('')
      await writeFile(file, JSON.stringify(patient('hand-of-asha', '51')))
      for (const words of [
        [file, '--facility', 'asha'],
        ['--facility=asha', file],
      ])
        await load(city.house, words)
      expect(await city.ownerOf('Patient/hand-of-asha')).to.equal('asha')
      for (const words of [
        [file, '--facilty=asha'],
        [file, '--facility=a b'],
      ]) {
        const error: unknown = await load(city.house, words).catch((one: unknown) => one)
        expect((error as Error).message).to.contain('--facility')
      }
      await city.as({ kind: 'system', name: 't', facility: 'bela' }, 'PUT Patient/twin', twin('twin'))
      await city.as({ kind: 'system', name: 't', facility: 'asha' }, 'PUT Patient/twin-2', twin('twin-2'))
      await linkAll(city.house)
      const rows = await city.house.db.rows<{ facility: bigint }>(sql`
        select facility from resource r where exists (select from person_golden g where g.rid = r.rid)`)
      expect(rows.length).to.be.greaterThan(0)
      expect(rows.every(({ facility }) => facility === 0n)).to.equal(true)
    } finally {
      await rm(folder, { recursive: true })
      await city.drop()
    }
  })
})

function twin(id: string) {
  return {
    resourceType: 'Patient',
    id,
    name: [{ text: 'Gita Markam', given: ['Gita'], family: 'Markam' }],
    gender: 'female',
    birthDate: '1990-11-12',
    telecom: [{ system: 'phone', value: '+919826044444' }],
  }
}
