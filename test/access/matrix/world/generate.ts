import { Random } from '../../../search/random.ts'
import type { Fact, Glass, Person, World } from './facts.ts'
import { scenarios } from './openings.ts'
import { register } from './people.ts'
import { labels, recordOf } from './record.ts'
import { between, directory, visitors } from './shared.ts'

/** Each of them keeps records, and has an opening of some kind to each person. */
export const facilities = ['ambika', 'bastar', 'civil', 'dau', 'ekam', 'fazal']

const CLINIC = 'gram'

/** A small city, the same for the same seed and time. */
export function generate(seed: number, now: number): World {
  const random = new Random(seed)
  const { people, patients, homes } = register(facilities)
  const facts: Fact[] = [...directory(now, [...facilities, CLINIC]), ...patients]
  let n = 0
  for (const { records } of people) {
    for (const patient of records) {
      const label = labels[n++ % labels.length] ?? 'HIV'
      facts.push(...recordOf({ now, patient, owner: homes.get(patient), name: patient, label }, random))
    }
  }
  facts.push(
    ...between(
      now,
      facilities,
      patients.map(({ id }) => id),
    ),
  )
  const { meant, written } = opened(now, people, homes, seed)
  return {
    now,
    facilities: [...facilities, CLINIC],
    people,
    facts: [...facts, ...visitors(now, CLINIC, ['p2-1', 'p7-0']), ...written],
    meant,
    glasses: glassesOf(people),
  }
}

/** Every person and facility get one of the scenarios, in turn, so that all of them are there with any seed. */
function opened(now: number, people: readonly Person[], homes: ReadonlyMap<string, string | undefined>, seed: number) {
  const kinds = Object.values(scenarios)
  const written: Fact[] = []
  const meant: World['meant'][number][] = []
  people.forEach((person, p) =>
    facilities.forEach((facility, f) => {
      const scenario = kinds[(p * facilities.length + f + seed) % kinds.length]
      if (!scenario) return
      const patient =
        person.records.find((id) => homes.get(id) === facility) ?? person.records[f % person.records.length]
      const { facts, how } = scenario({ now, id: `${facility}-${person.records[0]}`, facility, patient: patient ?? '' })
      written.push(...facts)
      meant.push({ person, facility, how })
    }),
  )
  return { written, meant }
}

/** Doctors who broke the glass, once and twice, and some whose four hours are over. */
function glassesOf(people: readonly Person[]): Glass[] {
  return facilities.flatMap((facility, f) =>
    [0, 1, 2].map((k) => ({
      facility,
      doctor: `doctor-${facility}`,
      patient: people[(2 * f + 4 * k + 1) % people.length]?.records[0] ?? '',
      sensitive: k === 1,
      over: k === 2,
    })),
  )
}
