import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { ask } from './ask.ts'
import { openWorld, type World } from './world.ts'

const cases = JSON.parse(readFileSync(new URL('cases/refused.json', import.meta.url), 'utf8')) as [string, string][]

describe('a search that cannot be answered as sent', () => {
  let world: World
  before(async () => {
    world = await openWorld([])
  })
  after(() => world.close())

  for (const [address, named] of cases) {
    it(`is refused with reason and remedy: ${address}`, async () => {
      const { status, messages } = await ask(world.house, address)
      expect(status).to.equal(400)
      expect(messages.join('\n')).to.contain(named)
    })
  }

  it('is refused when it has too many values, or too many of a chain', async () => {
    const many = Array.from({ length: 501 }, (_, i) => i).join(',')
    expect((await ask(world.house, `Patient?identifier=${many}`)).status).to.equal(400)
    expect((await ask(world.house, `Patient?${'organization.partof.'.repeat(200)}name=x`)).status).to.equal(400)
  })

  it('is refused when it asks for more than anybody needs, before that is work for the database', async () => {
    const times = (many: number, parameter: string) => Array.from({ length: many }, () => parameter).join('&')
    const asked: Record<string, readonly [fits: string, not: string]> = {
      conditions: [times(200, 'active=true'), times(201, 'organization.name=x')],
      includes: [times(100, '_include=Patient:organization'), times(101, '_revinclude=Observation:subject')],
      parameters: [`_sort=${Array(20).fill('name').join(',')}`, `_sort=${Array(21).fill('name').join(',')}`],
      'parameters of all kinds': [times(200, 'active=true'), times(401, '_include=Patient:organization')],
    }
    for (const [what, [fits, not]] of Object.entries(asked)) {
      expect((await ask(world.house, `Patient?${fits}`)).status, what).to.equal(200)
      const { status, messages } = await ask(world.house, `Patient?${not}`)
      expect([status, messages.length], what).to.deep.equal([400, 1])
      expect(messages[0], what).to.match(/at most \d+/)
    }
  })

  it('caps a huge count and says so in the self link', async () => {
    const { status, self } = await ask(world.house, 'Patient?_count=999999')
    expect([status, self]).to.deep.equal([200, 'http://test/fhir/Patient?_count=1000'])
  })

  it('never repeats a value in a message', async () => {
    const { messages } = await ask(
      world.house,
      'Patient?birthdate=secretvalue&gender=secret|secret|secret&organization=se cret',
    )
    expect(messages).to.have.lengthOf(3)
    expect(messages.join('\n')).to.not.contain('secret')
  })
})
