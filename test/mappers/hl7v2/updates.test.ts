import type { Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { mergeResource } from '../../../mappers/build/merge.ts'
import { mapAll, mappingOf } from './mapping.ts'

interface Told {
  readonly name: string
  readonly home?: string
}

const told = ({ name, home = '' }: Told): string =>
  `PID|||K-17^^^KHARUN^MR||${name}||19800215|F|||12 MG Road^^Raipur^CG^492001||${home}`

/** What is known of the patient after these messages, in this order. */
async function after(dialect: string, ...messages: readonly (readonly [event: string, told: Told])[]) {
  let stored: Patient | undefined
  for (const [event, pid] of messages) {
    const text = [`MSH|^~\\&|A|B|||20261122||${event}|1|P|2.5`, told(pid)].join('\r')
    for (const record of await mapAll(mappingOf(dialect), text))
      for (const made of record.resources)
        if (made.resource.resourceType === 'Patient')
          stored = (stored ? mergeResource(stored, made) : made.resource) as Patient
  }
  return {
    names: stored?.name?.map(({ text }) => text),
    numbers: stored?.telecom?.map(({ system, value }) => `${system} ${value}`),
  }
}

const wrong = { name: 'Devi^Sitta', home: '9827112345' }
const right = { name: 'Devi^Sita', home: '9827100000' }

describe('a message that updates who somebody is (A08, A31)', () => {
  it('takes back the name and the number that were told before, whoever sends it', async () => {
    for (const dialect of ['hl7v2-base', 'hl7v2-his', 'hl7v2-lab', 'hl7v2-pharmacy']) {
      const first = dialect === 'hl7v2-lab' ? 'ORU^R01' : dialect === 'hl7v2-pharmacy' ? 'RDE^O11' : 'ADT^A04'
      const { names, numbers } = await after(dialect, [first, wrong], [`ADT^A08`, right])
      expect(names, dialect).to.deep.equal(['Sita Devi'])
      expect(numbers, dialect).to.deep.equal(['phone +919827100000'])
    }
    expect((await after('hl7v2-his', ['ADT^A28', wrong], ['ADT^A31', right])).names).to.deep.equal(['Sita Devi'])
  })

  it('keeps the kinds of numbers it does not tell', async () => {
    const email = '^NET^Internet^sita@example.com'
    const { numbers } = await after('hl7v2-his', ['ADT^A04', { ...wrong, home: `9827112345~${email}` }], ['ADT^A08', right]) // prettier-ignore
    expect(numbers).to.have.members(['phone +919827100000', 'email sita@example.com'])
    expect((await after('hl7v2-his', ['ADT^A04', wrong], ['ADT^A08', { name: right.name }])).numbers).to.deep.equal([
      'phone +919827112345',
    ])
  })

  it('is told from others, whose names and numbers are further ones', async () => {
    const { names, numbers } = await after('hl7v2-his', ['ADT^A04', wrong], ['ADT^A01', right])
    expect(names).to.deep.equal(['Sita Devi', 'Sitta Devi'])
    expect(numbers).to.deep.equal(['phone +919827100000', 'phone +919827112345'])
  })
})
