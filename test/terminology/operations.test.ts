import { readFileSync } from 'node:fs'
import type { Parameters, ParametersParameter, ValueSet, ValueSetExpansionContains } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { openDesk } from '../interactions/house.ts'
import { colours, fruit, FRUIT, market, valueSet } from './fruit.ts'

interface Case {
  it: string
  ask: string
  parameters?: ParametersParameter[]
  body?: unknown
  status?: number
  /** Part of what is said when it is refused. */
  says?: string
  /** Members of the answer, written short (see `short`). */
  answer?: Record<string, unknown>
}

const cases = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as Case[]

describe('the terminology operations', () => {
  let desk: Awaited<ReturnType<typeof openDesk>>
  before(async () => {
    desk = await openDesk()
    for (const resource of [fruit, market, colours, ...valueSets]) {
      const answer = await desk.ask(`PUT ${resource.resourceType}/${resource.id}`, resource)
      expect(answer.status, answer.text).to.equal(201)
    }
  })
  after(() => desk.drop())

  for (const one of cases) {
    it(one.it, async () => {
      const body = one.parameters ? { resourceType: 'Parameters', parameter: one.parameters } : one.body
      const { status, text, json } = await desk.ask(one.ask, body)
      expect(status, text).to.equal(one.status ?? 200)
      if (one.says) expect(text).to.include(one.says)
      if (status === 200)
        expect(desk.house.validator.validate(json).filter(({ severity }) => severity !== 'warning')).to.deep.equal([])
      const got = status === 200 ? short(json as Parameters | ValueSet) : {}
      for (const [member, expected] of Object.entries(one.answer ?? {}))
        expect(got[member], text).to.deep.equal(expected)
    })
  }

  it('answers from the version that was written last, and forgets what is deleted', async () => {
    const ask = desk.ask
    const draft = {
      ...fruit,
      id: 'kiwis',
      url: 'http://example.org/kiwis',
      valueSet: undefined,
      concept: [{ code: 'green' }],
    }
    const codes = async () => {
      const { json } = await ask('POST ValueSet/$expand', {
        resourceType: 'ValueSet',
        status: 'draft',
        compose: { include: [{ system: draft.url }] },
      })
      return json.resourceType === 'ValueSet' ? short(json)['codes'] : json.issue[0].code
    }
    await ask('PUT CodeSystem/kiwis', draft)
    expect(await codes()).to.deep.equal(['green'])
    await ask('PUT CodeSystem/kiwis', { ...draft, concept: [{ code: 'green' }, { code: 'gold' }] })
    expect(await codes()).to.deep.equal(['green', 'gold'])
    await ask('DELETE CodeSystem/kiwis')
    expect(await codes()).to.equal('not-found')
  })

  it('answers many first questions about a new system at once, each in full', async () => {
    const concept = Array.from({ length: 3_000 }, (_, i) => ({ code: `p${i}`, display: `Plum ${i}` }))
    const plums = {
      ...fruit,
      id: 'plums',
      url: 'http://example.org/plums',
      valueSet: 'http://example.org/all-plums',
      concept,
    }
    expect((await desk.ask('PUT CodeSystem/plums', plums)).status).to.equal(201)
    const asked = Array.from({ length: 16 }, (_, i) =>
      i % 2 === 0
        ? desk.ask('GET ValueSet/$expand?url=http://example.org/all-plums&count=0')
        : desk.ask(`GET CodeSystem/$lookup?system=http://example.org/plums&code=p${i}`),
    )
    const answers = (await Promise.all(asked)).map(({ json }) => short(json))
    expect(answers.map(({ total, display }, i) => (i % 2 === 0 ? total : display))).to.deep.equal(
      asked.map((_, i) => (i % 2 === 0 ? 3_000 : `Plum ${i}`)),
    )
  })

  it('keeps versions of a code system side by side, the newest in front', async () => {
    const ask = desk.ask
    const edition = (version: string, ...codes: string[]) => ({
      ...fruit,
      id: `nuts-${version.replace('.', '-')}`,
      url: 'http://example.org/nuts',
      version,
      valueSet: undefined,
      concept: codes.map((code) => ({ code, display: `${code} of ${version}` })),
    })
    for (const one of [edition('1.9', 'pea', 'wal'), edition('1.10', 'wal')]) await ask(`PUT CodeSystem/${one.id}`, one)
    const lookup = async (query: string) =>
      (await ask(`GET CodeSystem/$lookup?system=http://example.org/nuts&${query}`)).json
    expect(short(await lookup('code=wal'))['display']).to.equal('wal of 1.10')
    expect(short(await lookup('code=wal&version=1.9'))['display']).to.equal('wal of 1.9')
    expect((await lookup('code=pea')).resourceType).to.equal('OperationOutcome')
    const expansion = await ask('POST ValueSet/$expand?system-version=http://example.org/nuts|1.9', {
      resourceType: 'ValueSet',
      status: 'draft',
      compose: { include: [{ system: 'http://example.org/nuts' }] },
    })
    expect(short(expansion.json)).to.include({ total: 2 })
  })

  it('refuses an expansion of more codes than one answer holds, unless it is paged', async () => {
    const concept = Array.from({ length: 10_001 }, (_, i) => ({ code: `c${i}` }))
    const { status } = await desk.ask('PUT CodeSystem/many', {
      ...fruit,
      id: 'many',
      url: 'http://example.org/many',
      valueSet: 'http://example.org/all-many',
      concept,
    })
    expect(status).to.equal(201)
    const all = await desk.ask('GET ValueSet/$expand?url=http://example.org/all-many')
    expect([all.status, all.json.issue[0].code]).to.deep.equal([400, 'too-costly'])
    const page = await desk.ask('GET ValueSet/$expand?url=http://example.org/all-many&count=2&offset=9999')
    expect(short(page.json)).to.deep.include({ total: 10_001, codes: ['c9999', 'c10000'] })
  })
})

const valueSets: ValueSet[] = [
  valueSet('sour', { include: [{ system: FRUIT, filter: [{ property: 'sour', op: '=', value: 'true' }] }] }),
  valueSet('citrus', { include: [{ system: FRUIT, filter: [{ property: 'concept', op: 'is-a', value: 'citrus' }] }] }),
  valueSet('sweet-citrus', {
    include: [{ valueSet: ['http://example.org/citrus'] }],
    exclude: [{ valueSet: ['http://example.org/sour'] }],
  }),
  valueSet('sour-citrus', { include: [{ valueSet: ['http://example.org/sour', 'http://example.org/citrus'] }] }),
  valueSet('twice', {
    include: [{ valueSet: ['http://example.org/sour'] }, { system: FRUIT, concept: [{ code: 'yuzu' }] }],
  }),
  valueSet('listed', {
    include: [
      { system: 'http://snomed.info/sct', concept: [{ code: '271737000', display: 'Our own name' }] },
      { system: FRUIT, concept: [{ code: 'lemon', display: 'Nimbu' }, { code: 'pear' }] },
    ],
  }),
  valueSet('pinned', { include: [{ system: FRUIT, version: '1' }] }),
  valueSet('round', { include: [{ valueSet: ['http://example.org/rounder'] }] }),
  valueSet('rounder', { include: [{ valueSet: ['http://example.org/round'] }] }),
  valueSet('foreign', {
    include: [{ system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '138875005' }] }],
  }),
  valueSet('expanded', undefined, {
    expansion: { timestamp: '2026-01-01T00:00:00Z', contains: [{ system: FRUIT, code: 'lemon' }] },
  }),
]

/** An answer as a few plain members, so that cases are short. */
function short(answer: Parameters | ValueSet): Record<string, unknown> {
  if (answer.resourceType === 'ValueSet') return shortExpansion(answer)
  const all = answer.parameter ?? []
  const value = (parameter?: ParametersParameter): unknown =>
    Object.entries(parameter ?? {}).find(([key]) => key.startsWith('value'))?.[1]
  const part = (parameter: ParametersParameter, name: string) => value(parameter.part?.find((one) => one.name === name))
  const named = (name: string) => all.filter((parameter) => parameter.name === name)
  const coding = (given: unknown): string => {
    const { system, code, display } = (given ?? {}) as { system?: string; code?: string; display?: string }
    return code === undefined ? '' : ` ${system}|${code}${display ? ` (${display})` : ''}`
  }
  const single = Object.fromEntries(
    all.filter(({ part: parts }) => !parts).map((parameter) => [parameter.name, value(parameter)]),
  )
  return {
    ...single,
    designation: named('designation').map((one) => `${String(part(one, 'language'))} ${String(part(one, 'value'))}`),
    property: named('property').map((one) => {
      const described = part(one, 'description') as string | undefined
      return `${String(part(one, 'code'))}=${String(part(one, 'value'))}${described ? ` (${described})` : ''}`
    }),
    match: named('match').map((one) => {
      const products = (one.part ?? []).filter(({ name }) => name === 'product')
      const made = products.map(
        (product) => ` with ${String(part(product, 'element'))}=${(part(product, 'concept') as { code: string }).code}`,
      )
      return `${String(part(one, 'equivalence'))}${coding(part(one, 'concept'))} by ${String(part(one, 'source'))}${made.join('')}`
    }),
  }
}

function shortExpansion({ compose, expansion }: ValueSet): Record<string, unknown> {
  const contains = expansion?.contains ?? []
  const tree = ({ code, contains: inner }: ValueSetExpansionContains): string =>
    inner ? `${code}[${inner.map(tree).join(' ')}]` : (code ?? '')
  return {
    compose: compose !== undefined,
    total: expansion?.total,
    offset: expansion?.offset,
    codes: contains.map(tree),
    display: contains.map(({ display = '' }) => display),
    designation: contains.flatMap(({ designation = [] }) =>
      designation.map(({ language, value }) => `${language} ${value}`),
    ),
  }
}
