import { expect } from 'chai'
import { containedAreUsed } from '../../../server/fhir/validate/contained.ts'
import { containedResource, localReferenceResolves } from '../../../server/fhir/validate/references.ts'

const list = (contained: readonly object[], more: object = {}) => ({ resourceType: 'List', contained, ...more })
const inRing = (many: number) =>
  Array.from({ length: many }, (_, i) => ({
    resourceType: 'Basic',
    id: `c${i}`,
    subject: { reference: `#c${(i + 1) % many}` },
  }))

describe('Resources contained in another', () => {
  it('are used when something refers to them: outside, another one, or themselves to their container', () => {
    const one = { resourceType: 'Basic', id: 'a' }
    expect(containedAreUsed(list([one]))).to.equal(false)
    expect(containedAreUsed(list([one], { subject: { reference: '#a' } }))).to.equal(true)
    expect(containedAreUsed(list([one, { resourceType: 'Basic', id: 'b', subject: { reference: '#a' } }]))).to.equal(false) // prettier-ignore
    expect(containedAreUsed(list([{ ...one, subject: { reference: '#' } }]))).to.equal(true)
    expect(containedAreUsed(list(inRing(3)))).to.equal(true)
  })

  it('are found by their ids, the first of several, among few and among many', () => {
    for (const many of [3, 40]) {
      const twins = [...inRing(many), { resourceType: 'Group', id: 'c1' }]
      expect(containedResource('c1', list(twins))?.resourceType).to.equal('Basic')
      expect(containedResource('none', list(twins))).to.equal(undefined)
      expect(localReferenceResolves({ reference: '#c2' }, list(twins))).to.equal(true)
      expect(localReferenceResolves({ reference: '#none' }, list(twins))).to.equal(false)
    }
  })

  it('may be many', function () {
    this.timeout(60_000) // each looked for in all it takes minutes
    const container = list(inRing(150_000))
    expect(containedAreUsed(container)).to.equal(true)
    for (let i = 0; i < 150_000; i++) expect(localReferenceResolves({ reference: `#c${i}` }, container)).to.equal(true)
  })
})
