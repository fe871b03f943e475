import { expect } from 'chai'
import type { Caller } from '../../../server/context.ts'
import { ask, type Answer } from '../matrix/ask.ts'
import { caller } from '../matrix/callers.ts'
import { build, type Built } from '../matrix/world/build.ts'
import { facts, matters, worldOf } from './twins/facts.ts'
import { questionsOn } from './twins/questions.ts'

const at = (id: string) => ({ id, facility: 'north' })
const askers: Readonly<Record<keyof typeof matters, readonly Caller[]>> = {
  doctor: [caller('doctor', 'user/*.cruds', at('doctor-north')), caller('emr', 'system/*.cruds', at('emr-north'))],
  clerk: [caller('clerk', 'user/*.cruds', at('clerk-north'))],
  scoped: [caller('doctor', 'user/Observation.rs?code=http://loinc.org|718-7 user/Patient.rs', at('doctor-north'))],
  nilu: [
    caller('patient', 'patient/*.cruds', { id: 'nilu', patient: 'nilu' }),
    caller('doctor', 'patient/*.cruds', { ...at('doctor-north'), patient: 'nilu' }),
  ],
  nobody: (['it', 'officer', 'reporting'] as const).map((role) =>
    caller(role, 'user/*.cruds system/*.cruds', role === 'it' ? at('it-north') : { id: role }),
  ),
}

/**
 * Two cities that differ by what somebody may not know of answer them alike, whatever they ask: so nothing they are told
 * depends on it, in whatever member, count, order of refusals or words. Callers who see the same take turns in asking.
 */
describe('A city answers nobody otherwise for what they may not know of', function () {
  this.timeout(180_000)
  let whole: Built
  before(async () => {
    whole = await build(worldOf(facts))
  })
  after(() => whole?.drop())

  for (const [who, callers] of Object.entries(askers)) {
    it(who, async () => {
      const mattering = facts.filter(matters[who as keyof typeof matters])
      const questions = questionsOn(mattering)
      const twin = await build(worldOf(mattering))
      try {
        const faults: string[] = []
        for (const [n, each] of callers.entries()) {
          for (const [line, body, headers] of questions.filter((_, i) => i % callers.length === n)) {
            const [one, other] = await Promise.all(
              [whole, twin].map(async ({ house }) => told(await ask(house, each, line, body, headers))),
            )
            if (one !== other)
              faults.push(`${each.role} ${line} ${JSON.stringify(body ?? '')}\n  ${one}\n  ${other}`.slice(0, 900))
          }
        }
        expect(questions.length).to.be.above(700)
        expect(faults.slice(0, 6).join('\n'), `${faults.length} answers differ`).to.equal('')
      } finally {
        await twin.drop()
      }
    })
  }

  it('but those who may know of it are told', async () => {
    const south = caller('emr', 'system/*.cruds', { id: 'emr-south', facility: 'south' })
    const { json } = await ask(whole.house, south, 'GET Observation?patient=sarla')
    expect(json.total).to.equal(1)
  })
})

/** Without what is new each time, and the order of entries, which goes by moments and random keys. */
function told({ status, headers, text }: Answer): string {
  const plain = (given: string) =>
    given
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, 'TIME')
      .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'TIME')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'UUID')
      .replace(/_page=[\w-]+/g, 'PAGE')
  const parsed = asBundle(text)
  const entries = parsed?.entry?.map((entry) => plain(JSON.stringify(entry))).sort()
  return plain(JSON.stringify([status, headers, parsed ? { ...parsed, entry: entries } : text]))
}

function asBundle(text: string): { entry?: object[] } | undefined {
  try {
    return JSON.parse(text) as { entry?: object[] }
  } catch {
    return undefined
  }
}
