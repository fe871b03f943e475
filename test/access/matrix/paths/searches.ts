import { idsIn } from '../ask.ts'
import { at, patientsOf } from '../oracle/rows.ts'
import { refers } from '../oracle/view.ts'
import { keys, searching, shape, type Case, type Setting, type Shape } from '../shape.ts'
import { dayOf } from '../world/facts.ts'

const always = () => true
const record = ({ world, random }: Setting) => random.pick(random.pick(world.people).records)

/** Search on one type, on several and on all, by every kind of parameter, sorted, in pages and counted. */
export const searches: readonly Shape[] = [
  shape('search by type alone', ({ some, all }) =>
    ['Patient', 'Observation', ...some([...new Set(all.rows.map(({ type }) => type))], 4)].map((type) =>
      searching(type, '_count=1000', always),
    ),
  ),
  shape('search by a code', () => [
    searching('Observation', '_count=1000&code=718-7', ({ body }) => body.code.coding[0].code === '718-7'),
    searching(
      'Observation',
      '_count=1000&code=http://loinc.org|75622-1',
      ({ body }) => body.code.coding[0].code === '75622-1',
    ),
    searching('Condition', '_count=1000&code=B20,F20.0', ({ body }) =>
      ['B20', 'F20.0'].includes(body.code.coding[0].code),
    ),
  ]),
  shape('search by :not', () => [
    searching('Observation', '_count=1000&code:not=718-7', ({ body }) => body.code.coding[0].code !== '718-7'),
    searching('Encounter', '_count=1000&status:not=finished', ({ body }) => body.status !== 'finished'),
  ]),
  shape('search by :missing', () => [
    searching('Observation', '_count=1000&encounter:missing=false', ({ body }) => body.encounter !== undefined),
    searching('Patient', '_count=1000&link:missing=true', ({ body }) => body.link === undefined),
  ]),
  shape('search by a date', ({ world: { now } }) => [
    searching(
      'Observation',
      `_count=1000&date=lt${dayOf(now, -200)}`,
      ({ body }) => body.effectiveDateTime < dayOf(now, -200),
    ),
    searching(
      'Encounter',
      `_count=1000&date=ge${dayOf(now, -200)}`,
      ({ body }) => (body.period.end ?? '9') >= dayOf(now, -200),
    ),
  ]),
  shape('search by _lastUpdated', () => [
    searching('Condition', '_count=1000&_lastUpdated=gt2020-01-01', always),
    searching('Condition', '_count=1000&_lastUpdated=lt2020-01-01', () => false),
  ]),
  shape('search by a quantity', () => [
    searching('Observation', '_count=1000&value-quantity=gt5', ({ body }) => body.valueQuantity.value > 5),
  ]),
  shape('search by a name', ({ random }) => {
    const name = random.pick(['Asha', 'Bhola', 'Chameli', 'Dinesh', 'Ekta', 'Farida', 'Babulal'])
    return [
      searching('Patient', `name=${name}`, ({ body }) => at(body, 'name.text').some((one) => one.startsWith(name))),
      searching('Patient', 'family:contains=a&_count=1000', ({ body }) =>
        at(body, 'name.family').some((one) => one.toLowerCase().includes('a')),
      ),
    ]
  }),
  shape('search by an identifier', (setting) => {
    const id = record(setting)
    return [
      searching('Patient', `identifier=urn:mrn-${id.at(-1)}|MRN-${id}`, ({ body }) =>
        at(body, 'identifier.value').includes(`MRN-${id}`),
      ),
      searching('Patient', `identifier=MRN-${id}`, ({ body }) => at(body, 'identifier.value').includes(`MRN-${id}`)),
    ]
  }),
  shape('search by a patient', (setting) => {
    const id = record(setting)
    return ['Observation', 'Condition', 'Encounter', 'Consent', 'Provenance'].map((type) =>
      searching(type, `_count=1000&patient=${id}`, ({ body }) =>
        type === 'Observation' ? refers({ body } as never, 'subject', `Patient/${id}`) : patientsOf(body).includes(id),
      ),
    )
  }),
  shape('search by _id', ({ some, all }) => {
    const rows = some(all.rows, 12)
    const ids = rows.map(({ id }) => id)
    return [
      searching('Observation', `_count=1000&_id=${[...ids, 'never'].join(',')}`, ({ id }) => ids.includes(id)),
      searching(
        'Patient',
        `_count=1000&_id=${all
          .of('Patient')
          .map(({ id }) => id)
          .join(',')}`,
        always,
      ),
      {
        line: `GET ?_count=1000&_id=${ids.join(',')}`,
        verb: 's',
        uncounted: true,
        expected: (view) => keys(view.rows.filter(({ id }) => ids.includes(id))),
      },
    ]
  }),
  shape('search by _security and _tag', () => [
    searching('Observation', '_count=1000&_security=HIV', ({ body }) =>
      at(body, 'meta.security').some(({ code }) => code === 'HIV'),
    ),
    searching('Patient', '_count=1000&_tag=golden', ({ body }) =>
      at(body, 'meta.tag').some(({ code }) => code === 'golden'),
    ),
  ]),
  shape('search by POST', () => [
    searching('Observation', '', always, { line: 'POST Observation/_search?_count=1000' }),
    {
      line: 'POST _search?_count=1000&_type=Patient,Condition',
      verb: 's',
      uncounted: true,
      expected: (view) => keys([...view.of('Patient'), ...view.of('Condition')]),
    },
  ]),
  shape('search on all types', () => [
    {
      line: 'GET ?_count=1000&_lastUpdated=gt2020',
      verb: 's',
      pages: true,
      uncounted: true,
      expected: (view) => keys(view.rows),
    },
    {
      line: 'GET ?_count=100&_type=Group,List,Binary,Observation',
      verb: 's',
      pages: true,
      uncounted: true,
      expected: (view) => ['Group', 'List', 'Binary', 'Observation'].flatMap((type) => keys(view.of(type))),
    },
  ]),
  shape('sorted, in pages', ({ some }) =>
    some(
      [
        '_id',
        '-_id',
        '_lastUpdated',
        '-_lastUpdated',
        'date',
        '-date',
        'code',
        'value-quantity',
        'patient',
        'category,-date',
      ],
      4,
    ).map((sort) => searching('Observation', `_sort=${sort}&_count=13`, always, { pages: true })),
  ),
  shape('sorted by a string, in pages', () => [
    searching('Patient', '_sort=family,-birthdate&_count=5', always, { pages: true }),
  ]),
  shape('pages of one', () => [searching('Coverage', '_count=1', always, { pages: true })]),
  shape('counted alone', () => [
    total('Observation', '_summary=count', always),
    total('Observation', '_count=0', always),
    total('Patient', '_count=0&_total=accurate', always),
    total('Condition', '_summary=count&code=B20', ({ body }) => body.code.coding[0].code === 'B20'),
    total('Encounter', '_summary=count&status=finished', ({ body }) => body.status === 'finished'),
  ]),
  shape('counted with a page', () => [
    total('Observation', '_count=2&_total=accurate', always),
    total('Observation', '_count=1&_sort=-date&_total=accurate', always),
  ]),
  // an estimate is of the whole table, so that nobody but the open door gets one
  shape('estimated', () => [
    {
      ...total('Observation', '_count=0&_total=estimate', always),
      expected: (view) => [view.caller ? `total ${view.of('Observation').length}` : 'estimated'],
      got: (answer) =>
        answer.status >= 300 ? idsIn(answer) : [answer.json._total ? 'estimated' : `total ${answer.json.total}`],
    },
  ]),
  shape('elements alone', () => [searching('Patient', '_elements=id&_count=1000', always)]),
]

/** The number alone, whatever is on the page. */
function total(type: string, query: string, holds: Parameters<typeof searching>[2]): Case {
  return searching(type, query, holds, {
    uncounted: true,
    expected: (view) => [`total ${view.of(type).filter((row) => holds(row, view)).length}`],
    got: (answer) => (answer.status >= 300 ? idsIn(answer) : [`total ${answer.json.total}`]),
  })
}
