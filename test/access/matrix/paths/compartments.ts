import { at, type Row } from '../oracle/rows.ts'
import { refers } from '../oracle/view.ts'
import { keys, shape, type Case, type Setting, type Shape } from '../shape.ts'

/** What is in the compartment of one resource, whoever keeps it: a compartment opens nothing. */
export const compartments: readonly Shape[] = [
  shape('Patient compartment, one type', (setting) =>
    patients(setting, 3).flatMap((id) =>
      ['Observation', 'Condition', 'Appointment', 'Group', 'Patient'].map((type) => ofPatient(id, type)),
    ),
  ),
  shape('Patient compartment, filtered', (setting) =>
    patients(setting, 3).map((id) =>
      within(
        `Patient/${id}`,
        'Observation',
        'code=718-7&',
        (row) => row.patients.includes(id) && row.body.code.coding[0].code === '718-7',
      ),
    ),
  ),
  shape('Patient compartment, everything', (setting) =>
    patients(setting, 3).map((id): Case => ({
      line: `GET Patient/${id}/*?_count=1000`,
      verb: 's',
      uncounted: true,
      expected: (view) => keys(view.rows.filter((row) => row.patients.includes(id))),
    })),
  ),
  shape('Patient compartment by POST', (setting) =>
    patients(setting, 2).map((id) => ({
      ...ofPatient(id, 'Observation'),
      line: `POST Patient/${id}/Observation/_search?_count=1000`,
    })),
  ),
  shape('Encounter compartment', ({ some, all }) =>
    some(all.of('Encounter'), 4).flatMap(({ id }) => [
      within(`Encounter/${id}`, 'Observation', '', (row) => refers(row, 'encounter', `Encounter/${id}`)),
      within(`Encounter/${id}`, 'Condition', '', (row) => refers(row, 'encounter', `Encounter/${id}`)),
    ]),
  ),
  shape('Practitioner compartment', ({ some, world }) =>
    some(world.facilities, 3).flatMap((facility) => {
      const who = `Practitioner/dr-${facility}`
      return [
        within(who, 'Observation', '', (row) => refers(row, 'performer', who)),
        within(who, 'Appointment', '', (row) => refers(row, 'participant.actor', who)),
        within(who, 'Composition', '', (row) => refers(row, 'author', who)),
        within(who, 'PractitionerRole', '', (row) => refers(row, 'practitioner', who)),
      ]
    }),
  ),
  shape('RelatedPerson compartment', ({ some, all }) =>
    some(all.of('RelatedPerson'), 2).map(({ id }) =>
      within(`RelatedPerson/${id}`, 'RelatedPerson', '', (row) => row.id === id),
    ),
  ),
]

function patients({ some, all }: Setting, most: number): string[] {
  const records = all.of('Patient')
  const golden = records.filter(({ body }) => at(body, 'meta.tag').length > 0)
  return [...some(records, most), ...some(golden, 1), { id: 'never' }].map(({ id }) => id)
}

const ofPatient = (id: string, type: string) => within(`Patient/${id}`, type, '', (row) => row.patients.includes(id))

function within(place: string, type: string, query: string, holds: (row: Row) => boolean): Case {
  return {
    line: `GET ${place}/${type}?${query}_count=1000`,
    verb: 's',
    type,
    expected: (view) => keys(view.of(type).filter(holds)),
  }
}
