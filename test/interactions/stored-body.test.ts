import type { Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import fc from 'fast-check'
import { parseJson, type Document } from '../../server/fhir/json.ts'
import { storedBody, textOf } from '../../server/store/body.ts'

describe('The text of a stored version', () => {
  const meta = fc.record(
    {
      source: fc.oneof(fc.constantFrom('Organization/IN1', 'say "so" \\ here', 'अ'), fc.string()),
      _source: fc.constant({ id: 'a' }),
      versionId: fc.constant('7'),
      profile: fc.constant(['http://a.b/c']),
      tag: fc.constant([{ code: 'x' }]),
    },
    { requiredKeys: [] },
  )

  it('is the resource again, with the head that the row has, whatever its meta says', () => {
    fc.assert(
      fc.property(fc.option(meta, { nil: undefined }), fc.boolean(), (given, more) => {
        const resource = {
          resourceType: 'Basic',
          id: 'b',
          ...(given && { meta: given }),
          ...(more && { language: 'hi' }),
        }
        const body = storedBody(parseJson(JSON.stringify(resource)) as Document<Resource>)
        const { versionId: _, ...rest } = given ?? {}
        const head = { versionId: '3', lastUpdated: '1970-01-01T00:00:00.000Z' }
        expect(JSON.parse(textOf({ type: 'Basic', id: 'b', version: 3, updated: 0, body }))).to.deep.equal({
          ...resource,
          meta: { ...head, ...rest },
        })
      }),
    )
  })

  it('keeps the digits of numbers in it and in its meta', () => {
    const text = '{"resourceType":"Basic","id":"b","meta":{"extension":[{"url":"u","valueDecimal":1.10}]},"n":2.0}'
    expect(storedBody(parseJson(text) as Document<Resource>)).to.equal(
      ',"extension":[{"url":"u","valueDecimal":1.10}]},"n":2.0}',
    )
  })

  it('has a source that is a number as it was sent', () => {
    const text = '{"resourceType":"Basic","id":"b","meta":{"source":1.10}}'
    expect(storedBody(parseJson(text) as Document<Resource>)).to.equal(',"source":1.10}}')
  })
})
