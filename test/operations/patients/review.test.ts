import { expect } from 'chai'
import type { Parameters, ParametersParameter } from '@medplum/fhirtypes'
import type { Answer } from '../../http/ask.ts'
import { openCity, order, type City } from './city.ts'

describe('Patient/$review', () => {
  let city: City
  before(async () => (city = await openCity()))
  after(() => city.stop())

  const top = (answer: Answer, name: string) =>
    ((answer.json as Parameters).parameter ?? []).filter((one) => one.name === name)
  const one = (parts: readonly ParametersParameter[] | undefined, name: string) =>
    parts?.find((part) => part.name === name)
  const sides = ({ part }: ParametersParameter) =>
    ['a', 'b'].map((side) => one(part, side)?.valueReference?.reference ?? '').toSorted()
  const named = (answer: Answer, ids: readonly string[]) =>
    top(answer, 'pair').find(
      (pair) =>
        sides(pair).join() ===
        ids
          .map((id) => `Patient/${id}`)
          .toSorted()
          .join(),
    )

  it('shows the pairs to look at, with both values, the level and the weight of each field', async () => {
    const answer = await city.get('Patient/$review')
    expect(answer.status, answer.text).to.equal(200)
    expect(city.server.house.validator.validate(answer.json)).to.deep.equal([])
    const pair = named(answer, ['kavita-1', 'kavita-2'])
    expect(pair, answer.text).to.be.an('object')
    const evidence = pair?.part?.filter(({ name }) => name === 'evidence') ?? []
    const given = evidence.find(({ part }) => one(part, 'field')?.valueCode === 'given')?.part
    expect([one(given, 'a')?.valueString, one(given, 'b')?.valueString]).to.have.members(['Kavita Verma', 'कविता वर्मा'])
    expect(one(given, 'text')?.valueString).to.equal('given name sounds the same')
    expect(one(given, 'weight')?.valueDecimal).to.be.greaterThan(0)
    const sum = evidence.reduce(
      (bits, { part }) => bits + (one(part, 'weight')?.valueDecimal ?? 0),
      one(pair?.part, 'prior')?.valueDecimal ?? 0,
    )
    expect(sum).to.be.within((one(pair?.part, 'weight')?.valueDecimal ?? 0) - 0.2, Infinity)
    expect(one(pair?.part, 'suggestion')?.valueCode).to.equal('link')
  })

  it('names the guard that held an automatic link back', async () => {
    const twins = named(await city.get('Patient/$review'), ['twin-1', 'twin-2'])
    const guard = twins?.part?.find(({ name }) => name === 'guard')
    expect(one(guard?.part, 'code')?.valueCode).to.equal('twins')
    expect(one(twins?.part, 'suggestion')?.valueCode).to.equal('ask')
  })

  it('goes through all pairs page by page, none twice, the likeliest first', async () => {
    const whole = await city.get('Patient/$review?_count=100')
    const total = top(whole, 'total')[0]?.valueInteger ?? 0
    expect(total).to.equal(top(whole, 'pair').length)
    const seen: string[] = []
    const weights: number[] = []
    let path: string | undefined = 'Patient/$review?_count=1'
    while (path !== undefined) {
      const page: Answer = await city.get(path)
      seen.push(...top(page, 'pair').map((pair) => sides(pair).join()))
      weights.push(...top(page, 'pair').map(({ part }) => one(part, 'weight')?.valueDecimal ?? 0))
      path = top(page, 'next')[0]?.valueUri?.split('/fhir/')[1]
    }
    expect(seen).to.have.length(total)
    expect(new Set(seen).size).to.equal(total)
    expect(weights).to.deep.equal(weights.toSorted((a, b) => b - a))
  })

  it('loses a pair that was decided', async () => {
    const decided = await city.post(
      'Patient/$unlink',
      order(['Patient/twin-1', 'Patient/twin-2'], { reason: 'two boys' }),
    )
    expect(decided.status, decided.text).to.equal(200)
    expect(named(await city.get('Patient/$review'), ['twin-1', 'twin-2'])).to.equal(undefined)
  })

  it('refuses what it does not know', async () => {
    expect((await city.get('Patient/$review?facility=x')).status).to.equal(400)
    expect((await city.get('Patient/$review?_count=x')).status).to.equal(400)
    expect((await city.get('Patient/$review?_page=forged')).status).to.equal(400)
    expect((await city.post('Patient/$review', { resourceType: 'Parameters' })).status).to.equal(405)
  })
})
