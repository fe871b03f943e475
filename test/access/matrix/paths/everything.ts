import type { Row } from '../oracle/rows.ts'
import { key, type View } from '../oracle/view.ts'
import { shape, type Case, type Setting, type Shape } from '../shape.ts'
import { dayOf } from '../world/facts.ts'

/** $everything of one Patient and of all, whole, narrowed and in pages. */
export const everything: readonly Shape[] = [
  shape('$everything', (setting) => patients(setting, 5).map((id) => of(id, '', () => true))),
  shape('$everything by POST', (setting) =>
    patients(setting, 1).map((id) => ({ ...of(id, '', () => true), line: `POST Patient/${id}/$everything` })),
  ),
  shape('$everything in pages', (setting) =>
    patients(setting, 2).map((id) => of(id, '_count=7', () => true, { pages: true })),
  ),
  shape('$everything of some types', (setting) =>
    patients(setting, 2).map((id) =>
      of(id, '_type=Observation,Practitioner,Group', ({ type }) =>
        ['Observation', 'Practitioner', 'Group'].includes(type),
      ),
    ),
  ),
  shape('$everything since', (setting) =>
    patients(setting, 1).flatMap((id) => [
      of(id, '_since=2020-01-01', () => true),
      of(id, '_since=2099-01-01', () => false),
    ]),
  ),
  shape('$everything between days', (setting) =>
    patients(setting, 2).map((id) =>
      of(
        id,
        `start=${dayOf(setting.world.now, -60)}&end=${dayOf(setting.world.now, -30)}&_type=Observation`,
        ({ type, day = '' }) =>
          type === 'Observation' && day >= dayOf(setting.world.now, -60) && day <= dayOf(setting.world.now, -30),
      ),
    ),
  ),
  shape('Patient/$everything', () => [
    {
      line: 'GET Patient/$everything?_count=1000&_type=Observation,Patient,Group',
      verb: 'r',
      type: 'Patient',
      pages: true,
      uncounted: true,
      expected: (view) =>
        view.rows
          .filter((row) => ['Observation', 'Patient', 'Group'].includes(row.type) && row.patients.length > 0)
          .map(key),
    },
  ]),
]

function patients({ some, all }: Setting, most: number): string[] {
  return [...some(all.of('Patient'), most).map(({ id }) => id), 'never']
}

function of(id: string, query: string, wanted: (row: Row) => boolean, more: Partial<Case> = {}): Case {
  return {
    line: `GET Patient/${id}/$everything${query && `?${query}`}`,
    verb: 'r',
    type: 'Patient',
    expected: (view) => {
      if (!view.get(`Patient/${id}`)) return ['!404']
      const records = seenRecords(view, id)
      const matches = view.rows.filter(
        (row) =>
          wanted(row) &&
          (row.type === 'Patient' ? records.includes(row.id) : row.patients.some((one) => records.includes(one))),
      )
      return [...matches.map(key), ...outside(view, matches, wanted).map((row) => `+${key(row)}`)]
    },
    ...more,
  }
}

/** The person's records as far as they are seen. */
export function seenRecords(view: View, id: string): string[] {
  return [id, ...(view.personOf(id)?.records ?? [])].filter((one) => view.get(`Patient/${one}`))
}

/** What rows refer to outside every compartment, three steps far. */
function outside(view: View, matches: readonly Row[], wanted: (row: Row) => boolean): Row[] {
  const found = new Map<string, Row>()
  let from = matches
  for (let depth = 0; depth < 3; depth++) {
    from = from
      .flatMap((row) => referencesIn(row).flatMap((reference) => view.get(reference) ?? []))
      .filter((row) => row.patients.length === 0 && wanted(row) && !found.has(key(row)))
    for (const row of from) found.set(key(row), row)
  }
  return [...found.values()]
}

export function referencesIn({ body }: Row): string[] {
  return [...JSON.stringify(body).matchAll(/"reference":"([^"]+)"/g)].map(([, reference = '']) => reference)
}
