import { expect } from 'chai'
import type { Caller } from '../../../server/context.ts'
import { ask, idsIn, linkIn, versionsIn } from '../matrix/ask.ts'
import { caller } from '../matrix/callers.ts'
import { Oracle } from '../matrix/oracle/sight.ts'
import { View } from '../matrix/oracle/view.ts'
import { build, type Built } from '../matrix/world/build.ts'
import { generate } from '../matrix/world/generate.ts'

const lists = [
  'Observation?_count=2',
  'Observation?_count=2&_sort=-date',
  'Patient?_count=1&_include=Patient:link&_revinclude=Observation:patient',
  'Patient/p5-0/Observation?_count=1',
  '?_type=Condition,Encounter&_count=2',
  'Observation/_history?_count=2',
  '_history?_count=3',
  'Patient/$everything?_count=3',
]

describe('A page link', function () {
  this.timeout(60_000)
  let built: Built
  let oracle: Oracle
  before(async () => {
    built = await build(generate(1, Date.now()))
    oracle = new Oracle(built.world)
  })
  after(() => built?.drop())

  const owner = caller('emr', 'system/*.rs', { id: 'emr-fazal', facility: 'fazal' })
  const thieves: readonly Caller[] = [
    caller('emr', 'system/*.rs', { id: 'emr-civil', facility: 'civil' }),
    caller('doctor', 'user/*.rs', { id: 'other', facility: 'ambika' }),
    caller('clerk', 'user/*.rs', { id: 'clerk-fazal', facility: 'fazal' }),
    caller('officer', 'user/*.rs', { id: 'officer' }),
    caller('patient', 'patient/*.rs', { id: 'p2-0', patient: 'p2-0' }),
    caller('emr', 'system/Patient.rs', { id: 'emr-fazal', facility: 'fazal' }),
  ]

  for (const list of lists) {
    it(`of ${list} shows nobody else more than they may see`, async () => {
      const first = await ask(built.house, owner, `GET ${list}`)
      const next = linkIn(first)
      expect(next, first.text.slice(0, 300)).to.be.a('string')
      const own = await ask(built.house, owner, `GET ${next}`)
      const read = list.includes('_history') ? versionsIn : idsIn
      expect(read(own)).to.have.length.above(0)
      for (const thief of thieves) {
        const stolen = await ask(built.house, thief, `GET ${next}`)
        if (stolen.status >= 400) continue
        const verb = list.includes('$everything') ? 'r' : 's'
        const view = new View(oracle, thief, verb)
        const seen = new Set(view.versions.map(({ type, id }) => `${type}/${id}`))
        const leaked = read(stolen).filter((one) => !seen.has(one.replace(/^\+/, '').replace(/@\d+$/, '')))
        expect(leaked, `${thief.id} as ${thief.role}`).to.deep.equal([])
        const told: unknown = stolen.json.total
        if (typeof told === 'number') expect(told, `${thief.role} is told a total`).to.be.at.most(view.rows.length)
      }
    })
  }
})
