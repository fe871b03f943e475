import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ResourceType } from '@medplum/fhirtypes'
import { referenceToken, rid, token } from '../../server/fhir/keys.ts'
import { numberValue } from '../../server/fhir/query/number.ts'
import { parseSearch } from '../../server/fhir/query/parse.ts'
import { knowledgeOf } from '../../server/knowledge.ts'

describe('a search plan, without a database', () => {
  const { registry, definitions } = knowledgeOf(
    join(tmpdir(), 'parchi-test-definitions'),
    new URL('../../profiles/', import.meta.url),
  )
  const scope = { registry, definitions, base: 'http://test/fhir', now: Date.UTC(2026, 0, 1) }
  const plan = (type: ResourceType, query: string) =>
    parseSearch(scope, [...new URLSearchParams(query)], { types: [type], lenient: false })
  const id = (type: string, code: string) => registry.find(type, code)?.id ?? 0

  it('keeps escaped separators in a value and splits at the others', () => {
    const { where } = plan('Observation', String.raw`code=a\,b,urn:x|c\|d`)
    const code = id('Observation', 'code')
    expect(where).to.deep.equal({ kind: 'tokens', any: [token(code, 'a,b'), token(code, 'urn:x|c|d')] })
  })

  it('reads a reference by id, by type and id, and by the own address as the same resource', () => {
    const tokens = (value: string) => {
      const { where } = plan('Observation', `subject:Patient=${value}`)
      return where.kind === 'tokens' ? where.any : []
    }
    const expected = referenceToken(id('Observation', 'subject'), rid('Patient', '7'))
    for (const value of ['7', 'Patient/7', 'http://test/fhir/Patient/7']) expect(tokens(value)).to.include(expected)
    expect(tokens('Group/7')).to.deep.equal([])
  })

  it('takes both limits of a date that cannot repeat as one range', () => {
    const { where } = plan('Observation', 'date=sa2020-01-01&date=eb2020-02-01')
    const within = { lowFrom: Date.UTC(2020, 0, 2), highTo: Date.UTC(2020, 1, 1) - 1 }
    expect(where).to.deep.equal({ kind: 'date', param: id('Observation', 'date'), within })
    const { where: never } = plan('Observation', 'date=sa2021&date=eb2020')
    expect(never).to.deep.equal({ kind: 'any', of: [] })
  })

  it('gives a number the precision it was written with', () => {
    const range = (text: string) => numberValue(text)?.range
    expect(range('100')?.low).to.equal(99.5)
    expect(range('100')?.high).to.be.lessThan(100.5).and.greaterThan(100.4999)
    expect(range('100.00')?.low).to.equal(99.995)
    expect(range('1e2')?.low).to.equal(95)
    expect(range('-5.4')?.low).to.equal(-5.45)
    for (const text of ['', '.', '1.', '.5', '0x1', '1e9999', 'NaN', '１'])
      expect(numberValue(text), text).to.equal(undefined)
  })
})
