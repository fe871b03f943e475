import type { Sight } from '../../../server/store/sight.ts'
import { care, everybody, own } from './world.ts'

/** Who stands here and what they see: hospital a; a doctor who cares for p1 and sees nothing sensitive; everybody's types; all. */
export const sights = {
  a: [everybody, own('a')],
  p1: [everybody, care('p1')],
  bare: [everybody],
  all: 'all',
} satisfies Record<string, Sight>

export type Who = keyof typeof sights

const P1 = ['Encounter/e1-a', 'Encounter/e1-b', 'Observation/o1-a', 'Observation/o1-b', 'Observation/was-hiv-b']

/** What each of them is answered on each path: ids, sorted. */
export const cases: readonly (readonly [path: string, answers: Record<Who, readonly string[]>])[] = [
  [
    'Observation',
    {
      a: ['Observation/o1-a'],
      p1: ['Observation/o1-a', 'Observation/o1-b', 'Observation/was-hiv-b'],
      bare: [],
      all: ['Observation/hiv-b', 'Observation/o1-a', 'Observation/o1-b', 'Observation/o2-b', 'Observation/was-hiv-b'],
    },
  ],
  [
    'Patient?_sort=family',
    { a: ['Patient/p1'], p1: ['Patient/p1'], bare: [], all: ['Patient/p1', 'Patient/p2', 'Patient/p3'] },
  ],
  ['Patient?_sort=-_lastUpdated&_count=1', { a: ['Patient/p1'], p1: ['Patient/p1'], bare: [], all: ['Patient/p3'] }],
  [
    'Observation?_sort=code&patient=p1&_id=o1-b',
    { a: [], p1: ['Observation/o1-b'], bare: [], all: ['Observation/o1-b'] },
  ],
  [
    'Organization',
    {
      a: ['Organization/a', 'Organization/b'],
      p1: ['Organization/a', 'Organization/b'],
      bare: ['Organization/a', 'Organization/b'],
      all: ['Organization/a', 'Organization/b'],
    },
  ],
  ['Basic', { a: ['Basic/memo-a'], p1: [], bare: [], all: ['Basic/memo-a', 'Basic/memo-b'] }],
  ['Group?member=Patient/p1', { a: [], p1: [], bare: [], all: ['Group/ward-b'] }],
  [
    '?_type=Observation,Basic&_lastUpdated=gt2020-01-01',
    {
      a: ['Basic/memo-a', 'Observation/o1-a'],
      p1: ['Observation/o1-a', 'Observation/o1-b', 'Observation/was-hiv-b'],
      bare: [],
      all: [
        'Basic/memo-a',
        'Basic/memo-b',
        'Observation/hiv-b',
        'Observation/o1-a',
        'Observation/o1-b',
        'Observation/o2-b',
        'Observation/was-hiv-b',
      ],
    },
  ],
  [
    'Patient/p1/Observation',
    {
      a: ['Observation/o1-a'],
      p1: ['Observation/o1-a', 'Observation/o1-b', 'Observation/was-hiv-b'],
      bare: [],
      all: ['Observation/hiv-b', 'Observation/o1-a', 'Observation/o1-b', 'Observation/was-hiv-b'],
    },
  ],
  [
    'Encounter/e1-b/*',
    {
      a: ['Observation/o1-a'],
      p1: ['Encounter/e1-b', 'Observation/o1-a'],
      bare: [],
      all: ['Encounter/e1-b', 'Observation/o1-a'],
    },
  ],
  // chains go over nothing that is not seen
  ['Observation?subject:Patient.name=verma', { a: [], p1: [], bare: [], all: ['Observation/o2-b'] }],
  [
    'Observation?encounter.subject:Patient.gender=female',
    { a: [], p1: ['Observation/o1-a'], bare: [], all: ['Observation/o1-a'] },
  ],
  ['Patient?_has:Observation:subject:_id=hiv-b', { a: [], p1: [], bare: [], all: ['Patient/p1'] }],
  ['Patient?_has:Observation:subject:_id=o1-b', { a: [], p1: ['Patient/p1'], bare: [], all: ['Patient/p1'] }],
  [
    'Practitioner?_has:Observation:performer:status=final',
    { a: [], p1: ['Practitioner/dr'], bare: [], all: ['Practitioner/dr'] },
  ],
  [
    'Observation?_id=o1-a&_include=*',
    {
      a: ['Observation/o1-a', 'Patient/p1'],
      p1: ['Encounter/e1-b', 'Observation/o1-a', 'Patient/p1'],
      bare: [],
      all: ['Encounter/e1-b', 'Observation/o1-a', 'Patient/p1'],
    },
  ],
  [
    'Organization?_id=a&_revinclude=Observation:subject&_include=*',
    { a: ['Organization/a'], p1: ['Organization/a'], bare: ['Organization/a'], all: ['Organization/a'] },
  ],
  [
    'Observation?_id=o1-a&_revinclude=Observation:has-member&_include:iterate=Observation:subject',
    {
      a: ['Observation/o1-a', 'Patient/p1'],
      p1: ['Observation/o1-a', 'Patient/p1'],
      bare: [],
      all: ['Observation/o1-a', 'Observation/o2-b', 'Patient/p1', 'Patient/p2'],
    },
  ],
  [
    'Patient?_id=p1&_revinclude=Patient:link&_revinclude=Encounter:subject',
    {
      a: ['Encounter/e1-a', 'Patient/p1'],
      p1: ['Encounter/e1-a', 'Encounter/e1-b', 'Patient/p1'],
      bare: [],
      all: ['Encounter/e1-a', 'Encounter/e1-b', 'Patient/p1', 'Patient/p2'],
    },
  ],
  // of p2's link to p1 only who sees p2 learns
  [
    'Patient/p1/$everything',
    {
      a: ['Encounter/e1-a', 'Observation/o1-a', 'Patient/p1'],
      p1: [...P1, 'Patient/p1', 'Practitioner/dr'],
      bare: [],
      all: [
        ...P1,
        'Encounter/e2-b',
        'Group/ward-b',
        'Observation/hiv-b',
        'Observation/o2-b',
        'Patient/p1',
        'Patient/p2',
        'Practitioner/dr',
      ],
    },
  ],
  [
    'Patient/p1/$everything?_count=500',
    {
      a: ['Encounter/e1-a', 'Observation/o1-a', 'Patient/p1'],
      p1: [...P1, 'Patient/p1', 'Practitioner/dr'],
      bare: [],
      all: [
        ...P1,
        'Encounter/e2-b',
        'Group/ward-b',
        'Observation/hiv-b',
        'Observation/o2-b',
        'Patient/p1',
        'Patient/p2',
        'Practitioner/dr',
      ],
    },
  ],
  [
    'Patient/$everything',
    {
      a: ['Encounter/e1-a', 'Observation/o1-a', 'Patient/p1'],
      p1: [...P1, 'Patient/p1', 'Practitioner/dr'],
      bare: [],
      all: [
        ...P1,
        'Encounter/e2-b',
        'Group/ward-b',
        'Observation/hiv-b',
        'Observation/o2-b',
        'Patient/p1',
        'Patient/p2',
        'Patient/p3',
        'Practitioner/dr',
      ],
    },
  ],
]

/** One resource: what each of them is answered. */
export const single: readonly (readonly [path: string, statuses: Record<Who, number>])[] = [
  ['Patient/p1', { a: 200, p1: 200, bare: 404, all: 200 }],
  ['Patient/p2', { a: 404, p1: 404, bare: 404, all: 200 }],
  ['Patient/p2/$everything', { a: 404, p1: 404, bare: 404, all: 200 }],
  ['Practitioner/dr', { a: 200, p1: 200, bare: 200, all: 200 }],
  ['Observation/hiv-b', { a: 404, p1: 404, bare: 404, all: 200 }],
  ['Observation/hiv-b/_history/1', { a: 404, p1: 404, bare: 404, all: 200 }],
  ['Observation/hiv-b/_history', { a: 404, p1: 404, bare: 404, all: 200 }],
  ['Observation/was-hiv-b/_history/1', { a: 404, p1: 404, bare: 404, all: 200 }],
  ['Observation/was-hiv-b/_history/2', { a: 404, p1: 200, bare: 404, all: 200 }],
  ['Observation/o1-a/_history/1', { a: 200, p1: 200, bare: 404, all: 200 }],
  ['Observation/gone-a', { a: 410, p1: 410, bare: 404, all: 410 }],
  ['Observation/gone-b', { a: 404, p1: 410, bare: 404, all: 410 }],
  ['Observation/gone-b/_history/1', { a: 404, p1: 200, bare: 404, all: 200 }],
  ['Observation/gone-b/_history/2', { a: 404, p1: 410, bare: 404, all: 410 }],
  ['Observation/gone-b/_history', { a: 404, p1: 200, bare: 404, all: 200 }],
  ['Observation/gone-b/$meta', { a: 404, p1: 410, bare: 404, all: 410 }],
  ['Basic/memo-b/$validate', { a: 404, p1: 404, bare: 404, all: 200 }],
  ['Basic/memo-a/$meta', { a: 200, p1: 404, bare: 404, all: 200 }],
]
