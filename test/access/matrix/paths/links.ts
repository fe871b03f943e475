import { at, type Row } from '../oracle/rows.ts'
import { key, refers, type View } from '../oracle/view.ts'
import { keys, searching, shape, type Case, type Shape } from '../shape.ts'

/** Chains, _has, includes and lists: what one resource tells of another. */
export const links: readonly Shape[] = [
  shape('chain of one step', ({ random }) => {
    const name = random.pick(['Asha', 'Bhola', 'Chameli', 'Farida'])
    const named = ({ body }: Row) => at(body, 'name.text').some((one) => one.startsWith(name))
    return [
      searching('Observation', `_count=1000&subject:Patient.name=${name}`, (row, view) =>
        view.referred(row, 'subject').some(named),
      ),
      searching('Condition', `_count=1000&patient.gender=female`, (row, view) =>
        view.referred(row, 'subject').some(({ body }) => body.gender === 'female'),
      ),
      searching('DiagnosticReport', '_count=1000&result.code=75622-1,20507-0,44249-1,76504-0', (row, view) =>
        view.referred(row, 'result').some(({ body }) => body.code.coding[0].code !== '718-7'),
      ),
      searching('Provenance', '_count=1000&target:Observation.status=final', (row, view) =>
        view.referred(row, 'target').some(({ type }) => type === 'Observation'),
      ),
      searching('Task', `_count=1000&patient.name=${name}`, (row, view) => view.referred(row, 'for').some(named)),
    ]
  }),
  shape('chain of two steps', () => [
    searching('DiagnosticReport', '_count=1000&result.subject:Patient.gender=female', (row, view) =>
      view
        .referred(row, 'result')
        .some((one) => view.referred(one, 'subject').some(({ body }) => body.gender === 'female')),
    ),
    searching('Observation', '_count=1000&encounter.subject:Patient.gender=male', (row, view) =>
      view
        .referred(row, 'encounter')
        .some((one) => view.referred(one, 'subject').some(({ body }) => body.gender === 'male')),
    ),
  ]),
  shape('_has', () => [
    searching('Patient', '_count=1000&_has:Observation:subject:code=718-7', (row, view) =>
      view.referring('Observation', 'subject', key(row)).some(({ body }) => body.code.coding[0].code === '718-7'),
    ),
    searching('Patient', '_count=1000&_has:Condition:patient:code=B20,F20.0,O04,T74.2', (row, view) =>
      view.referring('Condition', 'subject', key(row)).some(({ body }) => body.code.coding[0].code !== 'I10'),
    ),
    searching(
      'Practitioner',
      '_count=1000&_has:Observation:performer:code=718-7',
      (row, view) => view.referring('Observation', 'performer', key(row)).length > 0,
    ),
    searching('Organization', '_count=1000&_has:Encounter:service-provider:status=in-progress', (row, view) =>
      view.referring('Encounter', 'serviceProvider', key(row)).some(({ body }) => body.status === 'in-progress'),
    ),
  ]),
  shape('_has of _has', () => [
    searching(
      'Patient',
      '_count=1000&_has:Observation:subject:_has:DiagnosticReport:result:status=final',
      (row, view) =>
        view
          .referring('Observation', 'subject', key(row))
          .some((one) => view.referring('DiagnosticReport', 'result', key(one)).length > 0),
    ),
  ]),
  shape('_has in a chain', () => [
    searching('Condition', '_count=1000&patient._has:Consent:patient:status=active', (row, view) =>
      view
        .referred(row, 'subject')
        .some((one) => view.referring('Consent', 'patient', key(one)).some(({ body }) => body.status === 'active')),
    ),
  ]),
  shape('_include', () => [
    including('Observation', 'code=718-7&_include=Observation:subject', laboratory, (rows, view) =>
      follow(view, rows, 'subject'),
    ),
    including(
      'DiagnosticReport',
      '_include=DiagnosticReport:result&_include=DiagnosticReport:patient',
      always,
      (rows, view) => [...follow(view, rows, 'result'), ...follow(view, rows, 'subject')],
    ),
    including('List', '_include=List:item', always, (rows, view) => follow(view, rows, 'entry.item')),
    including('Group', '_include=Group:member', always, (rows, view) => follow(view, rows, 'member.entity')),
    including('Appointment', '_include=Appointment:actor', always, (rows, view) =>
      follow(view, rows, 'participant.actor'),
    ),
    including('Patient', '_include=Patient:link', always, (rows, view) => follow(view, rows, 'link.other')),
  ]),
  shape('_include of everything', () => [
    including('Composition', '_include=*', always, (rows, view) =>
      ['subject', 'author', 'section.entry'].flatMap((path) => follow(view, rows, path)),
    ),
    including('MedicationRequest', '_include=MedicationRequest:*', always, (rows, view) =>
      ['subject', 'medicationReference'].flatMap((path) => follow(view, rows, path)),
    ),
  ]),
  shape('_include:iterate', () => [
    including(
      'DiagnosticReport',
      '_include=DiagnosticReport:result&_include:iterate=Observation:encounter&_include:iterate=Encounter:patient',
      always,
      (rows, view) => {
        const results = follow(view, rows, 'result')
        const visits = follow(view, results, 'encounter')
        return [...results, ...visits, ...follow(view, visits, 'subject')]
      },
    ),
    including('Task', '_include=Task:focus&_include:iterate=Observation:subject', always, (rows, view) => {
      const focus = follow(view, rows, 'focus')
      return [...focus, ...follow(view, focus, 'subject')]
    }),
  ]),
  shape('_revinclude', () => [
    including('Patient', '_revinclude=Condition:patient', always, (rows, view) =>
      back(view, rows, 'Condition', 'subject'),
    ),
    including('Patient', '_revinclude=Consent:patient&_revinclude=Group:member', always, (rows, view) => [
      ...back(view, rows, 'Consent', 'patient'),
      ...back(view, rows, 'Group', 'member.entity'),
    ]),
    including(
      'Practitioner',
      '_revinclude=Observation:performer&_revinclude=Composition:author',
      always,
      (rows, view) => [...back(view, rows, 'Observation', 'performer'), ...back(view, rows, 'Composition', 'author')],
    ),
    including('Medication', '_revinclude=MedicationRequest:medication', always, (rows, view) =>
      back(view, rows, 'MedicationRequest', 'medicationReference'),
    ),
  ]),
  shape('_revinclude:iterate', () => [
    including(
      'Organization',
      '_revinclude=Encounter:service-provider&_revinclude:iterate=Observation:encounter',
      always,
      (rows, view) => {
        const visits = back(view, rows, 'Encounter', 'serviceProvider')
        return [...visits, ...back(view, visits, 'Observation', 'encounter')]
      },
    ),
  ]),
  shape('_include beside one patient', ({ some, all }) => [
    ...some(all.of('Group'), 6).flatMap(({ body }) => {
      const { reference } = body.member[0].entity
      const isOf = (row: Row) => refers(row, 'member.entity', reference)
      return [
        including('Group', `member=${reference}&_include=Group:member`, isOf, (rows, view) =>
          follow(view, rows, 'member.entity'),
        ),
      ]
    }),
    ...some(
      all.of('Observation').filter(({ id }) => id.startsWith('told-by')),
      6,
    ).map(({ body: { subject } }) =>
      including(
        'Observation',
        `subject=${subject.reference}&_include=Observation:performer&_include=Observation:subject`,
        (row) => refers(row, 'subject', subject.reference),
        (rows, view) => ['performer', 'subject'].flatMap((path) => follow(view, rows, path)),
      ),
    ),
    ...some(all.of('Patient'), 4).flatMap((patient) => [
      including(
        'Patient',
        `_id=${patient.id}&_include=Patient:link`,
        ({ id }) => id === patient.id,
        (rows, view) => follow(view, rows, 'link.other'),
      ),
      including(
        'Patient',
        `_id=${patient.id}&_revinclude=Patient:link`,
        ({ id }) => id === patient.id,
        (rows, view) => back(view, rows, 'Patient', 'link.other'),
      ),
      including(
        'Patient',
        `_id=${patient.id}&_revinclude=Observation:performer&_revinclude:iterate=DiagnosticReport:result`,
        ({ id }) => id === patient.id,
        (rows, view) => {
          const told = back(view, rows, 'Observation', 'performer')
          return [...told, ...back(view, told, 'DiagnosticReport', 'result')]
        },
      ),
    ]),
  ]),
  shape('_has and chain beside one patient', ({ some, all }) =>
    some(
      all.of('Observation').filter(({ id }) => id.startsWith('told-by')),
      6,
    ).flatMap(({ body: { subject } }) => [
      searching(
        'Observation',
        `_count=1000&subject=${subject.reference}&performer:Patient.gender=male`,
        (row, view) =>
          refers(row, 'subject', subject.reference) &&
          view.referred(row, 'performer').some(({ body }) => body.gender === 'male'),
      ),
      searching(
        'Observation',
        `_count=1000&performer=${subject.reference}&subject:Patient.gender=female`,
        (row, view) =>
          refers(row, 'performer', subject.reference) &&
          view.referred(row, 'subject').some(({ body }) => body.gender === 'female'),
      ),
      searching('Patient', `_count=1000&_has:Observation:subject:performer=${subject.reference}`, (row, view) =>
        view.referring('Observation', 'subject', key(row)).some((one) => refers(one, 'performer', subject.reference)),
      ),
      searching(
        'Patient',
        `_count=1000&_id=${subject.reference.slice(8)}&_has:Patient:link:gender=female`,
        (row, view) =>
          key(row) === subject.reference &&
          view.referring('Patient', 'link.other', key(row)).some(({ body }) => body.gender === 'female'),
      ),
    ]),
  ),
  shape('_include on a sorted page', () => [
    including(
      'Condition',
      '_sort=_id&_include=Condition:patient',
      always,
      (rows, view) => follow(view, rows, 'subject'),
      1000,
    ),
  ]),
  shape('_list', ({ some, all }) =>
    some(all.of('List'), 4).flatMap(({ id }) =>
      ['Observation', 'Condition'].map((type) =>
        searching(type, `_count=1000&_list=${id}`, (row, view) =>
          at(view.get(`List/${id}`)?.body, 'entry.item').some(({ reference }) => reference === key(row)),
        ),
      ),
    ),
  ),
  shape(':mdm', ({ random, world }) => {
    const [one, other] = [random.pick(world.people), random.pick(world.people)].map(({ records }) =>
      random.pick(records),
    )
    return [one, other].map((id = '') =>
      searching('Observation', `_count=1000&patient:mdm=Patient/${id}`, ({ body }, view) =>
        known(view, id).some((each) => body.subject.reference === `Patient/${each}`),
      ),
    )
  }),
  shape('search by a reference', ({ some, all }) =>
    some(all.of('DiagnosticReport'), 5)
      .flatMap((row) => all.referred(row, 'result'))
      .flatMap((row) => [
        searching('List', `item=${key(row)}`, (one) => refers(one, 'entry.item', key(row))),
        searching('DiagnosticReport', `result=${key(row)}`, (one) => refers(one, 'result', key(row))),
      ]),
  ),
]

const always = () => true
const laboratory = ({ body }: Row) => body.code.coding[0].code === '718-7'

function including(
  type: string,
  query: string,
  holds: (row: Row) => boolean,
  others: (rows: readonly Row[], view: View) => readonly Row[],
  count = 1000,
): Case {
  return searching(type, `_count=${count}&${query}`, holds, {
    expected: (view) => {
      const matches = view.of(type).filter(holds)
      const found = new Set(keys(matches))
      return [
        ...found,
        ...[...new Set(keys(others(matches, view)))].filter((one) => !found.has(one)).map((one) => `+${one}`),
      ]
    },
  })
}

const follow = (view: View, rows: readonly Row[], path: string) => rows.flatMap((row) => view.referred(row, path))
const back = (view: View, rows: readonly Row[], type: string, path: string) =>
  rows.flatMap((row) => view.referring(type, path, key(row)))

/** The records of a person as far as they are seen: a link to one that is not seen must not show. */
function known(view: View, id: string): string[] {
  const person = view.get(`Patient/${id}`) ? view.personOf(id) : undefined
  return [id, ...(person?.records ?? []).filter((one) => view.get(`Patient/${one}`))]
}
