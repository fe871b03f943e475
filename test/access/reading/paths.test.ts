import { expect } from 'chai'
import type { Sight } from '../../../server/store/sight.ts'
import type { Row } from '../../../server/store/types.ts'
import { cases, sights, single, type Who } from './cases.ts'
import { care, everybody, numbers, openReading, type Asker, type Reading } from './world.ts'

describe('what is read goes by the sight', () => {
  let world: Reading
  before(async () => (world = await openReading()))
  after(() => world.drop())

  const ask = (who: Who, line: string, body?: unknown) => world.ask({ sight: sights[who] }, line, body)
  const everybodyHere = Object.keys(sights) as Who[]

  for (const [path, answers] of cases)
    it(`GET ${path}`, async () => {
      for (const who of everybodyHere) {
        const { ids, json } = await ask(who, `GET ${path}`)
        expect(ids, who).to.deep.equal(answers[who].toSorted())
        const { total } = json as { total?: number }
        const matches = (json as { entry?: { search?: { mode?: string } }[] }).entry?.filter(
          ({ search }) => search?.mode === 'match',
        )
        if (total !== undefined && !/_count=1/.test(path)) expect(total, `${who}: total`).to.equal(matches?.length ?? 0)
      }
    })

  for (const [path, statuses] of single)
    it(`GET ${path}`, async () => {
      const never = (await ask('bare', `GET ${path.replace(/\/[a-z0-9]+(-[a-z]+)*(?=\/|$)/, '/never-was')}`)).text
      for (const who of everybodyHere) {
        const { status, text } = await ask(who, `GET ${path}`)
        expect(status, who).to.equal(statuses[who])
        if (status === 404) expect(text, who).to.equal(never)
      }
    })

  it('counts what is seen, also where an estimate is asked for, and gives none', async () => {
    for (const query of [
      '_total=accurate&_count=1',
      '_total=estimate&_count=1',
      '_summary=count',
      '_total=estimate&_summary=count',
    ]) {
      const { json } = await ask('p1', `GET Observation?${query}`)
      expect(json.total, query).to.equal(3)
      expect(json).not.to.have.property('_total')
    }
  })

  it('keeps the versions of what is not seen out of histories of types and of everything', async () => {
    const versions = async (who: Who, path: string) => {
      const { json } = await ask(who, `GET ${path}`)
      const entries = json.entry as { fullUrl: string; response: { etag: string } }[] | undefined
      return (entries ?? [])
        .map(({ fullUrl, response }) => `${fullUrl.split('/').at(-1)}@${/\d+/.exec(response.etag)?.[0]}`)
        .sort()
    }
    const p1 = ['gone-a@1', 'gone-a@2', 'gone-b@1', 'gone-b@2', 'o1-a@1', 'o1-a@2', 'o1-b@1', 'was-hiv-b@2']
    expect(await versions('p1', 'Observation/_history')).to.deep.equal(p1)
    expect(await versions('a', 'Observation/_history')).to.deep.equal(['gone-a@1', 'gone-a@2', 'o1-a@1', 'o1-a@2'])
    expect(await versions('bare', '_history')).to.deep.equal(['a@1', 'b@1', 'dr@1'])
    expect(await versions('bare', 'Observation/_history')).to.deep.equal([])
    expect(await versions('all', 'Observation/_history')).to.have.lengthOf(12)
    const { json } = await ask('p1', 'GET Observation/was-hiv-b/_history')
    expect(json.total).to.equal(1)
  })

  it('pages over what is seen alone', async () => {
    for (const sort of ['', '&_sort=_id', '&_sort=-code', '&_sort=_lastUpdated']) {
      const found: string[] = []
      let next: string | undefined = `Observation?_count=1${sort}`
      while (next !== undefined) {
        const { ids, json } = await ask('p1', `GET ${next}`)
        expect(json.total).to.equal(3)
        found.push(...ids)
        next = (json.link as { relation: string; url: string }[]).find(({ relation }) => relation === 'next')?.url
      }
      expect(found.sort(), sort).to.deep.equal(['Observation/o1-a', 'Observation/o1-b', 'Observation/was-hiv-b'])
    }
  })

  it('narrows by the search of a scope on every path', async () => {
    const where = { kind: 'tokens', any: await tokensOf('amended') } as const
    const sight: Sight = [everybody, { ...care('p1'), types: numbers(['Observation']), where }]
    const seen = async (line: string) => (await world.ask({ sight }, `GET ${line}`)).ids
    expect(await seen('Observation')).to.deep.equal(['Observation/o1-a', 'Observation/was-hiv-b'])
    expect(await seen('Observation/o1-a')).to.deep.equal(['Observation/o1-a'])
    expect((await world.ask({ sight }, 'GET Observation/o1-b')).status).to.equal(404)
    expect((await world.ask({ sight }, 'GET Observation/o1-a/_history/1')).status).to.equal(200)
    expect((await world.ask({ sight }, 'GET Observation/gone-b')).status).to.equal(404)
    expect(await seen('Patient/$everything')).to.deep.equal(['Observation/o1-a', 'Observation/was-hiv-b'])
    expect(await seen('Observation/_history?_count=50')).to.deep.equal([
      'Observation/o1-a',
      'Observation/o1-a',
      'Observation/was-hiv-b',
    ])
  })

  it('notes each row that leaves, and nothing else', async () => {
    const noted: string[] = []
    const notes = {
      saw: (rows: readonly Row[]) => void noted.push(...rows.map(({ id }) => id)),
      wrote: () => undefined,
      because: () => undefined,
      inTransaction: async () => undefined,
    }
    const asker: Asker = { sight: sights.p1, notes }
    const said = async (line: string) => {
      noted.length = 0
      const { ids } = await world.ask(asker, line)
      expect(noted.toSorted(), line).to.deep.equal(ids.map((one) => one.split('/')[1] ?? '').toSorted())
    }
    for (const path of [
      'Observation?_include=*',
      'Patient/p1',
      'Patient/p1/$everything',
      'Patient/$everything',
      'Observation/_history',
      'Observation/o1-b/_history/1',
    ])
      await said(`GET ${path}`)
    noted.length = 0
    await world.ask(asker, 'GET Patient/p2')
    await world.ask(asker, 'GET Observation?_summary=count')
    expect(noted).to.deep.equal([])
  })

  /** `status` as it is indexed. */
  async function tokensOf(status: string): Promise<bigint[]> {
    const { house } = world
    const { tokens } = house.extract({ resourceType: 'Observation', status, code: {} } as never)
    const others = new Set(house.extract({ resourceType: 'Observation', status: 'final', code: {} } as never).tokens)
    return [...tokens].filter((token) => !others.has(token)).slice(0, 1)
  }
})
