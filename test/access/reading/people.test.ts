import { expect } from 'chai'
import type { Actor, Scope } from '../../../server/context.ts'
import { sql } from '../../../server/db/sql.ts'
import { FhirError } from '../../../server/errors.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { shown } from '../../../server/interactions/shown.ts'
import { silent, visitOf } from '../../../server/access/visit.ts'
import { readCurrent } from '../../../server/store/read.ts'
import type { Sight } from '../../../server/store/sight.ts'
import { openCity, order, people, type City } from '../../operations/patients/city.ts'
import { ask, care, everybody, numbers, own, type Asker } from './world.ts'

const every: Sight = [everybody, { tier: 'own', types: numbers(['Patient']), withheld: 0 }]
const a: Sight = [everybody, own('a')]

function clerk(scopes: readonly Scope[] = [{ context: 'user', type: '*', verbs: 'cruds' }], facility = 'a'): Actor {
  return { kind: 'staff', id: 'asha', app: 'portal', role: 'clerk', facility, scopes, grant: 'g' }
}

describe('who is found goes by the sight', () => {
  let city: City
  before(async () => {
    city = await openCity()
    for (const [facility, ids] of [
      ['a', ['hospital', 'lab', 'kavita-1']],
      ['b', ['clinic', 'husband', 'namesake', 'kavita-2']],
    ] as const) {
      const all = [...ids, ...ids.map((id) => `of-${id}`)]
      await city.server.house.db.rows(
        sql`update resource set facility = ${rid('Organization', facility)} where id = any(${all}::text[])`,
      )
    }
  })
  after(() => city.stop())

  const asked = (asker: Asker, line: string, body?: unknown) => ask(city.server.house, asker, line, body)
  const find = async (sight: Sight, text: string, actor: Actor = clerk()) =>
    asked({ sight, actor }, `GET Patient/$find?text=${encodeURIComponent(text)}`)
  const golden = async () =>
    (await asked({ sight: 'all' }, 'GET Patient/$find?text=sunita')).json.entry[0].resource.link[0].other
      .reference as string

  it('finds by a name whom the caller sees alone, and joins no records by a golden Patient they do not see', async () => {
    const { ids, text } = await find(a, 'sunita')
    expect(ids).to.deep.equal(['Patient/hospital', 'Patient/lab'])
    expect(text).not.to.contain('"link":[{"other"')
    expect((await find(a, 'mohan')).ids).to.deep.equal([])
    const id = (await golden()).split('/')[1] ?? ''
    const whole = await find([everybody, care('hospital', 'clinic', 'lab', id)], 'sunita')
    expect(whole.ids).to.have.lengthOf(1)
    expect(whole.json.entry[0].resource.link[0].other.reference).to.equal(`Patient/${id}`)
  })

  it('shows at the counter who registered with the city by a whole mobile, masked', async () => {
    const { ids, json, text } = await find(a, '+91 93333 44445')
    expect(ids).to.deep.equal(['Patient/twin-1', 'Patient/twin-2'])
    const names = json.entry.map(({ resource }: { resource: { name: { text: string }[] } }) => resource.name[0]?.text)
    expect(names.toSorted()).to.deep.equal(['R*** P***', 'S*** P***'])
    expect(text).not.to.match(/Ram|Shyam|Patel|2015-05|933333|93333/)
    expect(json.entry[0].resource.birthDate).to.equal('2015')
    for (const less of ['933334444', '3333444', 'ram patel']) expect((await find(a, less)).ids, less).to.deep.equal([])
    // another facility's record is not the city's
    expect((await find([everybody, own('c')], '9000112233')).ids).to.deep.equal([])
    expect((await find([everybody, own('b')], '9000112233')).ids).to.deep.equal(['Patient/namesake'])
  })

  it('shows nobody else to an application let in for one patient', async () => {
    const launched = clerk([{ context: 'patient', type: 'Patient', verbs: 'rs' }])
    expect((await find([everybody, care('hospital')], '9333344445', launched)).ids).to.deep.equal([])
  })

  it('matches against whom the caller sees alone', async () => {
    const { id: _, ...sunita } = people[0]!
    const seen = await asked({ sight: a }, 'POST Patient/$match', sunita)
    expect(seen.ids).to.deep.equal(['Patient/hospital', 'Patient/lab'])
    expect(seen.json.total).to.equal(2)
    for (const hidden of ['clinic', 'husband', (await golden()).split('/')[1]!])
      expect(seen.text).not.to.contain(hidden)
    const all = await asked({ sight: 'all' }, 'POST Patient/$match', sunita)
    expect(all.ids).to.include(await golden())
    expect((await asked({ sight: [everybody] }, 'POST Patient/$match', sunita)).json.total).to.equal(0)
  })

  it('warns of no duplicate that the caller does not see', async () => {
    const { id: _, ...kavita } = people.find(({ id }) => id === 'kavita-2')!
    const warned = async (sight: Sight) => {
      const { house } = city.server
      const visit = visitOf(
        { requestId: 'test', actor: { kind: 'open' }, base: 'http://test/fhir' },
        { sight, pen: { owner: 0n }, notes: silent },
      )
      const route = house.routes.find(({ path, method }) => path === 'Patient' && method === 'POST')!
      const body = { kind: 'text', text: JSON.stringify(kavita), contentType: 'application/fhir+json' } as const
      const request = { method: 'POST', path: ['Patient'], query: [], headers: {}, body } as const
      const { warnings = [] } = await route.handler(house, visit, request, { type: 'Patient' })
      return warnings.filter(({ code }) => code === 'duplicate').length
    }
    expect(await warned([everybody])).to.equal(0)
    expect(await warned('all')).to.be.greaterThan(0)
  })

  it('shows pairs to review to whoever sees both, and their number to whoever sees every Patient', async () => {
    const all = await asked({ sight: 'all' }, 'GET Patient/$review')
    const pairs = ({ json }: { json: { parameter: { name: string }[] } }, name: string) =>
      json.parameter.filter((one) => one.name === name)
    expect(pairs(all, 'pair')).not.to.deep.equal([])
    const administrator = await asked({ sight: every }, 'GET Patient/$review')
    expect(pairs(administrator, 'pair')).to.deep.equal(pairs(all, 'pair'))
    expect(pairs(administrator, 'total')).to.deep.equal(pairs(all, 'total'))
    const other = await asked({ sight: a }, 'GET Patient/$review')
    expect(pairs(other, 'pair')).to.deep.equal([])
    expect(pairs(other, 'total')).to.deep.equal([])
  })

  it('links none whom the caller does not see, and names no records they do not see', async () => {
    const refused = await asked({ sight: a }, 'POST Patient/$link', order(['Patient/kavita-1', 'Patient/kavita-2']))
    const never = await asked({ sight: a }, 'POST Patient/$link', order(['Patient/kavita-1', 'Patient/never-was']))
    expect(refused.status).to.equal(404)
    expect(refused.text.replaceAll('kavita-2', 'never-was')).to.equal(never.text)
    const preview = order(['Patient/hospital', 'Patient/lab'], { reason: 'seen', preview: true })
    const done = await asked({ sight: a, actor: clerk() }, 'POST Patient/$link', preview)
    expect(done.status, done.text).to.equal(200)
    expect(done.text).to.contain('Patient/hospital').and.not.to.contain('Patient/clinic')
  })

  it('gathers everything of the records of a person that the caller sees', async () => {
    const of = async (sight: Sight, id: string) => (await asked({ sight }, `GET Patient/${id}/$everything`)).ids
    expect(await of(a, 'hospital')).to.deep.equal([
      'Observation/of-hospital',
      'Observation/of-lab',
      'Organization/city-lab',
      'Patient/hospital',
      'Patient/lab',
    ])
    expect(await of([everybody, care('hospital')], 'hospital')).to.deep.equal([
      'Observation/of-hospital',
      'Patient/hospital',
    ])
    const linked = await asked({ sight: [everybody, care('hospital')] }, 'GET Observation?subject:mdm=Patient/hospital')
    expect(linked.ids).to.deep.equal(['Observation/of-hospital'])
    const unseen = await asked({ sight: a }, 'GET Observation?subject:mdm=Patient/clinic')
    expect(unseen.ids).to.deep.equal([])
  })

  it('refuses a page link that was made for somebody else, or for them at another facility', async () => {
    const page = async (actor: Actor, line: string) => asked({ sight: every, actor }, line)
    const next = async (path: string) => {
      const { json } = await page(clerk(), `GET ${path}`)
      const links = json.link as { relation: string; url: string }[] | undefined
      const named = json.parameter as { name: string; valueUri: string }[] | undefined
      return (
        links?.find(({ relation }) => relation === 'next')?.url ??
        named?.find(({ name }) => name === 'next')?.valueUri ??
        ''
      )
    }
    for (const path of [
      'Patient?_count=1',
      'Patient?_count=1&_sort=birthdate',
      'Patient/_history?_count=1',
      'Patient/$everything?_count=1',
    ]) {
      const url = await next(path)
      expect(url, path).to.contain('_page=')
      expect((await page(clerk(), `GET ${url}`)).status, path).to.equal(200)
      const others: Actor[] = [
        { ...clerk(), id: 'mohan' } as Actor,
        { ...clerk(), kind: 'client' } as Actor,
        clerk(undefined, 'b'),
        { kind: 'open' },
      ]
      for (const other of others) {
        const { status, text } = await page(other, `GET ${url}`)
        expect(status, `${path} by ${JSON.stringify(other)}`).to.equal(400)
        expect(text).to.contain('This page link was changed, or is another')
      }
    }
  })

  it('alarms instead of answering with a row that is not seen, and tells nothing of it', async () => {
    const { db } = city.server.house
    const row = await readCurrent(db, 'all', 'Patient', 'clinic')
    const logged: unknown[] = []
    const log = { error: (...said: unknown[]) => void logged.push(...said) } as never
    const context = { requestId: 'r-1', actor: { kind: 'open' }, base: '' } as const
    const saw: unknown[] = []
    const notes = { ...silent, saw: (rows: readonly unknown[]) => void saw.push(...rows) }
    const visit = (sight: Sight) => visitOf(context, { sight, pen: { owner: 0n }, notes })
    expect(() => shown({ log }, visit(a), [row!]))
      .to.throw(FhirError)
      .with.property('status', 500)
    expect(JSON.stringify(logged))
      .to.contain('r-1')
      .and.not.to.match(/clinic|Sahoo|98260/)
    expect(saw).to.deep.equal([])
    expect(shown({ log }, visit([own('b')]), [row!])).to.deep.equal([row])
    expect(saw).to.deep.equal([row])
  })
})
