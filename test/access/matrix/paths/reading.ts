import type { Answer } from '../ask.ts'
import { versionsIn } from '../ask.ts'
import type { Row } from '../oracle/rows.ts'
import type { View } from '../oracle/view.ts'
import { shape, type Case, type Setting, type Shape } from '../shape.ts'

/** One resource by its address: the row, its versions, and what tells whether it is there. */
export const reading: readonly Shape[] = [
  shape('read', (setting) =>
    addressed(setting, 14, (row) => ({ line: `GET ${row}`, headers: { accept: 'application/fhir+json' } })),
  ),
  shape('read of a Binary as it is', ({ some, all }) =>
    some(all.of('Binary'), 6).map((row) => ({
      line: `GET Binary/${row.id}`,
      headers: { accept: 'application/pdf' },
      verb: 'r',
      type: 'Binary',
      expected: (view) => [view.get(`Binary/${row.id}`) ? '%PDF-' : '!404'],
      got: ({ status, text }) => [status < 300 ? text : `!${status}`],
    })),
  ),
  shape('read by HEAD', (setting) =>
    addressed(setting, 3, (row) => ({ line: `HEAD ${row}`, headers: { accept: 'application/fhir+json' } })),
  ),
  shape('read of a summary', (setting) =>
    addressed(setting, 3, (row) => ({
      line: `GET ${row}?_summary=true`,
      headers: { accept: 'application/fhir+json' },
    })),
  ),
  shape('read with If-None-Match', (setting) =>
    addressed(
      setting,
      5,
      (row) => ({ line: `GET ${row}`, headers: { 'if-none-match': '*' } }),
      () => ['304'],
    ),
  ),
  shape('read with If-Modified-Since', (setting) =>
    addressed(
      setting,
      3,
      (row) => ({ line: `GET ${row}`, headers: { 'if-modified-since': 'Thu, 01 Jan 2099 00:00:00 GMT' } }),
      () => ['304'],
    ),
  ),
  shape('vread', versions),
  shape('history of an instance', (setting) =>
    targets(setting, 8).map((target) => ({
      line: `GET ${target}/_history`,
      verb: 'r',
      type: typeOf(target),
      expected: (view) => or404(past(view, target).map(name)),
      got: versionsIn,
    })),
  ),
  shape('$meta', (setting) =>
    addressed(
      setting,
      4,
      (row) => ({ line: `GET ${row}/$meta` }),
      () => ['200'],
    ),
  ),
  shape('$validate by id', (setting) =>
    addressed(
      setting,
      3,
      (row) => ({ line: `GET ${row}/$validate` }),
      () => ['200'],
    ),
  ),
]

/** Any resource there is or was, and one that never was. */
export function targets({ all, some }: Setting, most: number): string[] {
  const places = [...new Set(all.versions.map(({ type, id }) => `${type}/${id}`))]
  const changed = [...new Set(all.versions.filter((row) => row.version > 1).map(({ type, id }) => `${type}/${id}`))]
  return [...some(places, most), ...some(changed, Math.ceil(most / 3)), 'Observation/never', 'Patient/never']
}

function addressed(
  setting: Setting,
  most: number,
  ask: (target: string) => Pick<Case, 'line' | 'headers'>,
  there: (row: Row) => readonly string[] = (row) => [name(row)],
): Case[] {
  return targets(setting, most).map((target) => ({
    ...ask(target),
    verb: 'r',
    type: typeOf(target),
    expected: (view) => {
      const [last] = past(view, target).filter(({ current }) => current)
      return last ? (last.deleted ? ['!410'] : there(last)) : ['!404']
    },
    got,
  }))
}

function got({ status, json }: Answer): string[] {
  if (status === 304) return ['304']
  if (status >= 300) return [`!${status}`]
  if (['Parameters', 'OperationOutcome'].includes(json?.resourceType)) return ['200']
  const { resourceType, id, meta } = json ?? {}
  return [`${resourceType}/${id}@${meta?.versionId}`]
}

function versions(setting: Setting): Case[] {
  const { all, some } = setting
  const rows = [
    ...some(
      all.versions.filter(({ version, current }) => version > 1 || !current),
      10,
    ),
    ...some(all.versions, 3),
  ]
  const asked: [string, number][] = [
    ...rows.map((row): [string, number] => [`${row.type}/${row.id}`, row.version]),
    ['Observation/never', 1],
    ['Patient/p0-0', 77],
  ]
  return asked.map(([target, version]) => ({
    line: `GET ${target}/_history/${version}`,
    headers: { accept: 'application/fhir+json' },
    verb: 'r',
    type: typeOf(target),
    expected: (view) => {
      const row = past(view, target).find((one) => one.version === version)
      return [row ? (row.deleted ? '!410' : name(row)) : '!404']
    },
    got,
  }))
}

/** Versions are seen as long as the newest one is: what is sensitive today was not harmless yesterday. */
export function past(view: View, target: string): Row[] {
  const rows = view.versions.filter(({ type, id }) => `${type}/${id}` === target)
  return rows.some(({ current }) => current) ? rows : []
}

export const name = ({ type, id, version }: Row) => `${type}/${id}@${version}`
const typeOf = (target: string) => target.split('/')[0] ?? ''
const or404 = (found: readonly string[]) => (found.length > 0 ? found : ['!404'])
