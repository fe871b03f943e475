import { expect } from 'chai'
import fc from 'fast-check'
import type { Hl7Sender } from '../../../mappers/mapping.ts'
import { parseMessage } from '../../../mappers/read/hl7v2/hl7v2.ts'
import { senderOf } from '../../../server/intake/ways/senders.ts'
import { adt } from './hospitals.ts'

const entry = (slug: string, hl7?: Hl7Sender) => ({ slug, name: slug, organization: slug, ...(hl7 && { hl7 }) })

describe('The sender of an HL7 message', () => {
  const message = (application: string, facility: string) => parseMessage(adt('1', { application, facility }))!

  it('is known by name or universal id, in any case', () => {
    const facilities = [entry('rose', { facility: 'IN2299' }), entry('none')]
    for (const said of ['IN2299', 'in2299', 'ROSE^IN2299^HFR', 'IN2299^x'])
      expect(senderOf({ facilities }, message('HIS', said), 1)?.slug).to.equal('rose')
    for (const said of ['', 'IN22990', 'ROSE^x^IN2299'])
      expect(senderOf({ facilities }, message('HIS', said), 1)).to.equal(undefined)
  })

  it('is the one facility that says most and is not contradicted', () => {
    const some = fc.option(fc.constantFrom('A', 'B'), { nil: undefined })
    const port = fc.option(fc.constantFrom(1, 2), { nil: undefined })
    const hl7 = fc.record({ application: some, facility: some, port })
    const said = fc.record({
      application: fc.constantFrom('A', 'B'),
      facility: fc.constantFrom('A', 'B'),
      port: fc.constantFrom(1, 2),
    })
    fc.assert(
      fc.property(fc.array(hl7, { maxLength: 5 }), said, (declared, given) => {
        const facilities = declared.map((one, i) => entry(`f${i}`, JSON.parse(JSON.stringify(one)) as Hl7Sender))
        const fits = declared.flatMap((one, i) => {
          const keys = (['port', 'facility', 'application'] as const).filter((key) => one[key] !== undefined)
          const rank = ['port', 'facility', 'application']
            .map((key) => (keys.includes(key as 'port') ? '1' : '0'))
            .join('')
          return keys.length > 0 && keys.every((key) => one[key] === given[key]) ? [{ slug: `f${i}`, rank }] : []
        })
        const most = fits
          .map(({ rank }) => rank)
          .toSorted()
          .at(-1)
        const best = fits.filter(({ rank }) => rank === most)
        expect(senderOf({ facilities }, message(given.application, given.facility), given.port)?.slug).to.equal(
          best.length === 1 ? best[0]?.slug : undefined,
        )
      }),
    )
  })
})
