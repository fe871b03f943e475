import type { Answer } from '../ask.ts'
import { idsIn } from '../ask.ts'
import { key } from '../oracle/view.ts'
import { keys, shape, type Case, type Setting, type Shape } from '../shape.ts'

/** Reading inside a batch and a transaction: each entry is a visit of its own. */
export const bundles: readonly Shape[] = [
  shape('batch of reads', (setting) => [
    together(
      setting,
      'batch',
      (view, target) => (view.get(target) ? [target] : ['!404']),
      (target) => target,
      'r',
    ),
  ]),
  shape('batch of searches', (setting) => [
    together(
      setting,
      'batch',
      (view, target) => keys(view.of(typeOf(target))),
      (target) => `${typeOf(target)}?_count=1000`,
      's',
    ),
    together(
      setting,
      'batch',
      (view, target) => keys(view.rows.filter((row) => key(row) === target)),
      (target) => `${typeOf(target)}?_id=${target.split('/')[1]}`,
      's',
    ),
  ]),
  shape('batch of histories', (setting) => [
    together(
      setting,
      'batch',
      (view, target) => (view.get(target) ? ['history'] : ['!404']),
      (target) => `${target}/_history`,
      'r',
    ),
  ]),
  shape('transaction of searches', (setting) => [
    together(
      setting,
      'transaction',
      (view, target) => keys(view.rows.filter((row) => key(row) === target)),
      (target) => `${typeOf(target)}?_id=${target.split('/')[1]}`,
      's',
      ['Patient', 'Appointment'],
    ),
  ]),
]

const typeOf = (target: string) => target.split('/')[0] ?? ''

function together(
  { some, all }: Setting,
  type: 'batch' | 'transaction',
  there: (view: Parameters<Case['expected']>[0], target: string) => readonly string[],
  url: (target: string) => string,
  verb: 'r' | 's',
  types?: readonly string[],
): Case {
  const targets = some(
    all.rows.filter((row) => types?.includes(row.type) ?? true),
    8,
  ).map(key)
  return {
    line: 'POST ',
    body: {
      resourceType: 'Bundle',
      type,
      entry: targets.map((target) => ({ request: { method: 'GET', url: url(target) } })),
    },
    verb,
    uncounted: true,
    expected: (view) => {
      const refused = targets.some((target) => !view.lets(typeOf(target)))
      if (type === 'transaction' && refused) return ['!403']
      return targets.flatMap((target, i) =>
        (view.lets(typeOf(target)) ? there(view, target) : ['!403']).map((one) => `${i} ${one}`),
      )
    },
    got: (answer) => entriesOf(answer),
  }
}

function entriesOf(answer: Answer): string[] {
  if (answer.status >= 300) return [`!${answer.status}`]
  const entries: { response: { status: string }; resource?: { resourceType: string; id: string; type?: string } }[] =
    answer.json.entry
  return entries.flatMap(({ response, resource }, i) => {
    const status = Number(response.status.slice(0, 3))
    if (status >= 300) return [`${i} !${status}`]
    if (resource?.resourceType !== 'Bundle' || !['searchset', 'history'].includes(resource.type ?? ''))
      return [`${i} ${resource?.resourceType}/${resource?.id}`]
    return resource.type === 'history'
      ? [`${i} history`]
      : idsIn({ ...answer, json: resource }).map((one) => `${i} ${one}`)
  })
}
