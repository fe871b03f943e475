import type { CodeSystem, Resource, ValueSet } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { paramId, rid, token } from '../../server/fhir/keys.ts'
import type { Entries } from '../../server/fhir/search/entries.ts'
import { storedBody } from '../../server/store/body.ts'
import { write } from '../../server/store/write.ts'
import type { Coding, Expander } from '../../server/terminology/expander.ts'
import { makeExpander } from '../../server/terminology/make.ts'
import { definitions } from '../fhir/validate/definitions.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

const system = 'http://example.org/fruit'
const fruit: CodeSystem = {
  resourceType: 'CodeSystem',
  id: 'fruit',
  url: system,
  status: 'active',
  content: 'complete',
  concept: [
    {
      code: 'citrus',
      concept: [
        { code: 'orange', concept: [{ code: 'blood-orange' }] },
        { code: 'lemon', property: [{ code: 'sour', valueBoolean: true }] },
      ],
    },
    { code: 'berry' },
    {
      code: 'yuzu',
      property: [
        { code: 'parent', valueCode: 'citrus' },
        { code: 'sour', valueBoolean: true },
      ],
    },
  ],
}

describe('The expander', () => {
  let base: TestDatabase
  let expander: Expander

  before(async () => {
    base = await testDatabase()
    expander = makeExpander(base.db, definitions)
    await put(fruit)
    await put(set('citrus', { system, filter: [{ property: 'concept', op: 'is-a', value: 'citrus' }] }))
    await put(set('sour', { system, filter: [{ property: 'sour', op: '=', value: 'true' }] }))
    await put(set('sour-citrus', { valueSet: ['http://example.org/sour', 'http://example.org/citrus'] }))
    await put({
      ...set('without', { system }),
      compose: { include: [{ system }], exclude: [{ valueSet: ['http://example.org/citrus'] }] },
    })
    await put(set('round', { valueSet: ['http://example.org/round'] }))
    await put(
      set('foreign', { system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '1' }] }),
    )
  })
  after(() => base.drop())

  const codes = async (url: string): Promise<string[] | undefined> =>
    (await expander.expand(url))?.map(({ code }) => code).sort()

  it('expands a stored value set by filter, import and exclusion', async () => {
    expect(await codes('http://example.org/citrus')).deep.equal(['blood-orange', 'citrus', 'lemon', 'orange', 'yuzu'])
    expect(await codes('http://example.org/sour')).deep.equal(['lemon', 'yuzu'])
    expect(await codes('http://example.org/sour-citrus')).deep.equal(['lemon', 'yuzu'])
    expect(await codes('http://example.org/without')).deep.equal(['berry'])
  })

  it('finds a stored value set by id, and by its version only when it is that version', async () => {
    expect(await codes('ValueSet/sour')).deep.equal(['lemon', 'yuzu'])
    expect(await codes('http://example.org/sour|1')).deep.equal(['lemon', 'yuzu'])
    expect(await codes('http://example.org/sour|2')).equal(undefined)
  })

  it('expands the value sets of R4', async () => {
    expect(await codes('http://hl7.org/fhir/ValueSet/administrative-gender')).deep.equal([
      'female',
      'male',
      'other',
      'unknown',
    ])
    expect(await codes('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')).length(4)
    expect(await codes('http://hl7.org/fhir/ValueSet/administrative-gender|3.0.0')).equal(undefined)
  })

  it('gives nothing rather than a part where a source is unknown or a value set contains itself', async () => {
    expect(await codes('http://example.org/unknown')).equal(undefined)
    expect(await codes('http://example.org/foreign')).equal(undefined)
    expect(await codes('http://example.org/round')).equal(undefined)
  })

  it('goes up and down a hierarchy, nested or by property', async () => {
    const walk = async (direction: 'above' | 'below', code: string): Promise<string[] | undefined> =>
      sorted(await expander.hierarchy(direction, 'http://example.org/fruit', code))
    expect(await walk('below', 'orange')).deep.equal(['blood-orange', 'orange'])
    expect(await walk('above', 'blood-orange')).deep.equal(['blood-orange', 'citrus', 'orange'])
    expect(await walk('above', 'yuzu')).deep.equal(['citrus', 'yuzu'])
    expect(await walk('below', 'stone')).equal(undefined)
    expect(await expander.hierarchy('below', 'http://example.org/none', 'a')).equal(undefined)
  })

  async function put(resource: Resource): Promise<void> {
    const { resourceType: type, id = '' } = resource as ValueSet | CodeSystem
    const { url = '' } = resource as { url?: string }
    const entries: Entries = {
      tokens: [token(paramId(type, 'url'), url)],
      present: new Uint8Array(1),
      patients: [],
      dates: [],
      numbers: [],
      strings: [],
      words: [],
      labels: 0,
      day: null,
      openings: [],
    }
    const body = storedBody({ value: resource, exact: [] })
    await base.db.transaction((tx) =>
      write(tx, [
        {
          rid: rid(type, id),
          replaces: false,
          facility: 0n,
          type,
          id,
          version: 1,
          updated: 1_700_000_000_000,
          how: 'c',
          body,
          entries,
        },
      ]),
    )
  }
})

function set(name: string, include: NonNullable<ValueSet['compose']>['include'][number]): ValueSet {
  return {
    resourceType: 'ValueSet',
    id: name,
    url: `http://example.org/${name}`,
    version: '1',
    status: 'active',
    compose: { include: [include] },
  }
}

function sorted(codings: readonly Coding[] | undefined): string[] | undefined {
  return codings?.map(({ code }) => code).sort()
}
