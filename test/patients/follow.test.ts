import { expect } from 'chai'
import type { Patient } from '@medplum/fhirtypes'
import { sql } from '../../server/db/sql.ts'
import { decideOn, clusterOf, reviewQueue } from '../../server/patients/links.ts'
import { relink } from '../../server/patients/relink.ts'
import { hardest, openCity, registers, shuffled, source } from './people.ts'

const woman = [
  source('hospital', 'सुनीता साहू', 'female', '1984-03-12', '9826012345'),
  source('clinic', 'Smt. Suneeta Sahoo', 'female', '1984-03-12', '+91 98260 12345'),
  source('lab', 'Sunita Sahu', 'female', '1984-03-12', '9826012345'),
]

describe('The follower of the Patients', () => {
  let city: Awaited<ReturnType<typeof openCity>>
  before(async () => {
    city = await openCity()
  })
  afterEach(() => city.wipe())
  after(() => city.drop())

  it('links the records of one person, and gives them a golden Patient that names all of them', async () => {
    await city.put(...woman, source('other', 'Ramesh Verma', 'male', '1971-01-30', '9811111111'))
    await city.link()
    expect(await city.clusters()).to.deep.equal([['clinic', 'hospital', 'lab']])
    const golden = (await city.ask('GET Patient/golden-clinic')).json as Patient
    expect(golden.meta?.tag).to.deep.equal([
      { system: 'https://parchi.example/fhir/CodeSystem/record-kind', code: 'golden' },
    ])
    expect(golden.link?.map(({ other, type }) => `${type} ${other.reference}`)).to.deep.equal([
      'seealso Patient/clinic',
      'seealso Patient/hospital',
      'seealso Patient/lab',
    ])
    expect(golden).to.deep.include({ gender: 'female', birthDate: '1984-03-12', active: true })
    expect((await city.ask('GET Patient/hospital')).json.meta.versionId).to.equal('1')
  })

  it('does nothing when nothing has changed, and never takes a golden Patient for a record', async () => {
    await city.put(...woman)
    await city.link()
    const before = await versions()
    for (let i = 0; i < 4; i++) await city.link()
    await city.put(...woman)
    await city.link()
    expect(await versions()).to.equal(before)
  })

  it('follows a record that changes: away when it no longer matches, and back', async () => {
    await city.put(...woman)
    await city.link()
    await city.put(source('clinic', 'Farida Khan', 'female', '1991-07-01', '9833333333'))
    await city.link()
    expect(await city.clusters()).to.deep.equal([['hospital', 'lab']])
    await city.put(woman[1]!)
    await city.link()
    expect(await city.clusters()).to.deep.equal([['clinic', 'hospital', 'lab']])
  })

  it('follows deletes, down to the golden Patient', async () => {
    await city.put(...woman)
    await city.link()
    await city.ask('DELETE Patient/clinic')
    await city.link()
    expect(await city.clusters()).to.deep.equal([['hospital', 'lab']])
    await city.ask('DELETE Patient/hospital')
    await city.ask('DELETE Patient/lab')
    await city.link()
    expect(await city.clusters()).to.deep.equal([])
    expect((await city.ask('GET Patient/golden-clinic')).status).to.equal(410)
  })

  it('writes a golden Patient again that somebody deleted', async () => {
    await city.put(...woman)
    await city.link()
    await city.ask('DELETE Patient/golden-clinic')
    await city.link()
    expect(await city.clusters()).to.deep.equal([['clinic', 'hospital', 'lab']])
  })

  it('leaves a signpost where two clusters become one, and takes it away with the cluster', async () => {
    await city.put(woman[0]!, woman[1]!)
    await city.put(
      source('x1', 'Kavita Sahu', 'female', '1990-01-01', '9823456781'),
      source('x2', 'Kavita Sahu', 'female', '1990-01-01', '9823456781'),
    )
    await city.link()
    expect(await city.clusters()).to.deep.equal([
      ['clinic', 'hospital'],
      ['x1', 'x2'],
    ])
    await city.put(...['x1', 'x2'].map((id) => ({ ...woman[2]!, id })))
    await city.link()
    expect(await city.clusters()).to.deep.equal([['clinic', 'hospital', 'x1', 'x2']])
    const post = (await city.ask('GET Patient/golden-x1')).json as Patient
    expect(post.link).to.deep.equal([{ other: { reference: 'Patient/golden-clinic' }, type: 'replaced-by' }])
    expect(await clusterOf(city.house.db, 'golden-x1')).to.deep.include({ golden: 'golden-clinic' })
    for (const id of ['clinic', 'hospital', 'x1']) await city.ask(`DELETE Patient/${id}`)
    await city.link()
    for (const id of ['golden-clinic', 'golden-x1']) expect((await city.ask(`GET Patient/${id}`)).status).to.equal(410)
  })

  it('keeps twins apart, and parent and child on one mobile', async () => {
    const household = [
      source('twin-1', 'Ram Patel', 'male', '2015-05-05', '9333344445'),
      source('twin-2', 'Shyam Patel', 'male', '2015-05-05', '9333344445'),
      source('twin-3', 'Ramu Patel', 'male', '2015-05-05', '9333344445', { multipleBirthBoolean: true }),
      source('father', 'Ram Patel', 'male', '1985-02-11', '9333344445'),
      source('mother', 'Sita Patel', 'female', '1987-02-11', '9333344445'),
      source('namesake', 'Ram Patel', 'male', '1985', '9444455556'),
    ]
    await city.put(...household, { ...household[0]!, id: 'twin-1-again' }, { ...household[3]!, id: 'father-again' })
    await city.link()
    expect(await city.clusters()).to.deep.equal([
      ['father', 'father-again'],
      ['twin-1', 'twin-1-again'],
    ])
  })

  it('ends in the same clusters in whatever order people arrive, in whatever batches', async function () {
    this.timeout(600_000)
    const all = [...hardest(registers('orders', 60)), ...woman]
    let expected: string[][] | undefined
    for (let n = 0; n < 42; n++) {
      const order = shuffled(all, `${n}`)
      const cut = n % 3 === 0 ? [order] : [order.slice(0, 9), order.slice(9, 20), order.slice(20)]
      for (const batch of cut) {
        await city.putTogether(batch)
        await city.link({ batch: [500, 7, 3][n % 3]!, largest: 4 })
      }
      const found = await city.clusters()
      expected ??= found
      expect(found.length).to.be.above(5)
      expect(found).to.deep.equal(expected)
      await city.wipe()
    }
  })

  async function versions(): Promise<number> {
    const [row] = await city.house.db.rows<{ n: number }>(
      sql`select (select count(*) from history)::integer + sum(version)::integer as n from resource`,
    )
    return row?.n ?? 0
  }
})

describe('A decision on two records', () => {
  let city: Awaited<ReturnType<typeof openCity>>
  before(async () => {
    city = await openCity()
  })
  afterEach(() => city.wipe())
  after(() => city.drop())
  const by = 'Practitioner/records-officer'

  it('of never parts them at once, is told in a Provenance of each, and survives replay and a re-run', async () => {
    await city.put(...woman)
    await city.link()
    const done = await decideOn(city.house, { a: 'clinic', b: 'lab', verdict: 'never', by, reason: 'two sisters' })
    const apart = await city.clusters()
    expect(apart).to.satisfy((found: string[][]) =>
      found.every((one) => !(one.includes('clinic') && one.includes('lab'))),
    )
    expect(
      done.clusters
        .map(({ members }) => members)
        .flat()
        .sort(),
    ).to.deep.equal(['clinic', 'hospital', 'lab'])
    const told = (await city.ask('GET Provenance?target=Patient/clinic')).json
    expect(told.entry[0].resource).to.deep.include({ reason: [{ text: 'two sisters' }] })
    expect(told.entry[0].resource.agent).to.deep.equal([{ who: { reference: by } }])
    expect(JSON.stringify(told)).not.to.contain('Patient/lab')
    await city.put({ ...woman[1]!, gender: 'male' }, woman[1]!, { ...woman[2]!, active: true })
    await city.ask('DELETE Patient/lab')
    await city.link()
    await city.put(woman[2]!)
    await city.link()
    expect(await city.clusters()).to.deep.equal(apart)
    await relink(city.house)
    await city.link()
    expect(await city.clusters()).to.deep.equal(apart)
    await decideOn(city.house, { a: 'clinic', b: 'lab', verdict: null, by, reason: 'one woman after all' })
    expect(await city.clusters()).to.deep.equal([['clinic', 'hospital', 'lab']])
  })

  it('of link joins what guards keep apart; taken back they part', async () => {
    await city.put(
      source('boy', 'Ram Patel', 'male', '2015-05-05', '9333344445'),
      source('girl', 'Rama Patel', 'female', '2015-05-05', '9333344445'),
    )
    await decideOn(city.house, { a: 'boy', b: 'girl', verdict: 'link', by, reason: 'sex mistyped' })
    expect(await city.clusters()).to.deep.equal([['boy', 'girl']])
    await city.link()
    await relink(city.house)
    await city.link()
    expect(await city.clusters()).to.deep.equal([['boy', 'girl']])
    await decideOn(city.house, { a: 'girl', b: 'boy', verdict: null, by, reason: 'no' })
    expect(await city.clusters()).to.deep.equal([])
  })

  it('is refused for one record, an unknown one or a golden Patient', async () => {
    await city.put(...woman)
    await city.link()
    for (const [a, b] of [
      ['lab', 'lab'],
      ['lab', 'nobody'],
      ['lab', 'golden-clinic'],
    ] as const) {
      const error = await decideOn(city.house, { a, b, verdict: 'never', by, reason: '' }).then(
        () => undefined,
        (one: unknown) => one,
      )
      expect(error).to.have.property('refusal')
    }
  })

  it('takes a pair out of the review queue', async () => {
    await city.put(
      source('k1', 'Kavita Verma', 'female', '1990-01-01', '9111122223'),
      source('k2', 'Kavita Verma', 'female', '1993', undefined, { address: [{ city: 'Raipur' }] }),
      source('k3', 'कविता वर्मा', 'female', '1991-02-01', '9111122223'),
    )
    await city.link()
    const queue = await reviewQueue(city.house.db, { limit: 1 })
    expect(queue.total).to.be.above(0)
    const [first] = queue.pairs
    await decideOn(city.house, { ...first!, verdict: 'never', by, reason: 'x' })
    const now = await reviewQueue(city.house.db, { limit: 10 })
    expect(now.total).to.be.below(queue.total)
    expect(now.pairs.map(({ a, b }) => [a, b])).not.to.deep.include([first!.a, first!.b])
  })

  it("leaves senders' links their say, but for never", async () => {
    const link = (id: string, type: 'replaces' | 'refer' | 'seealso' | 'replaced-by') => ({
      link: [{ other: { reference: `Patient/${id}` }, type }],
    })
    await city.put(
      source('old', 'Unknown', 'male', '1950'),
      source('new', 'Mohan Das', 'male', '1971-03-03', '9555566667', link('old', 'replaces')),
      source('far', 'Mohan Dass', 'male', '1972', undefined, link('new', 'refer')),
    )
    await city.link()
    expect(await city.clusters()).to.deep.equal([['far', 'new', 'old']])
    await decideOn(city.house, { a: 'new', b: 'old', verdict: 'never', by, reason: 'a stranger' })
    expect(await city.clusters()).to.deep.equal([['far', 'new']])
    await city.put(source('far', 'Mohan Dass', 'male', '1972'))
    await city.link()
    expect(await city.clusters()).to.deep.equal([])
  })
})
