import { versionsIn } from '../ask.ts'
import { shape, type Case, type Shape } from '../shape.ts'
import type { View } from '../oracle/view.ts'
import { name } from './reading.ts'

/** What happened to a type, and to everything. */
export const histories: readonly Shape[] = [
  shape('history of a type', () => types.map((type) => ofType(type, '_count=1000'))),
  shape('history of a type in pages', () =>
    ['Patient', 'Observation'].map((type) => ofType(type, '_count=37', { pages: true })),
  ),
  shape('history of a type since', () =>
    ['Consent'].map((type) => ofType(type, '_since=2020-01-01T00:00:00Z&_count=1000')),
  ),
  shape('history of the system', () => [
    {
      line: 'GET _history?_count=1000',
      verb: 's',
      pages: true,
      uncounted: true,
      expected: (view) => known(view),
      got: versionsIn,
    },
  ]),
]

const types = ['Observation', 'Patient', 'Consent', 'Organization', 'Group', 'MeasureReport']

function ofType(type: string, query: string, more: Partial<Case> = {}): Case {
  return {
    line: `GET ${type}/_history?${query}`,
    verb: 's',
    type,
    uncounted: true,
    expected: (view) => known(view, type),
    got: versionsIn,
    ...more,
  }
}

function known(view: View, type?: string): string[] {
  const newest = new Set(view.versions.filter(({ current }) => current).map(({ type, id }) => `${type}/${id}`))
  return view.versions
    .filter((row) => (type === undefined || row.type === type) && newest.has(`${row.type}/${row.id}`))
    .map(name)
}
