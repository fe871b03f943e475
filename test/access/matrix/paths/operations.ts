import type { Caller } from '../../../../server/context.ts'
import type { Answer } from '../ask.ts'
import type { Row } from '../oracle/rows.ts'
import { key, type View } from '../oracle/view.ts'
import { shape, type Case, type Setting, type Shape } from '../shape.ts'
import type { Person } from '../world/facts.ts'
import { referencesIn } from './everything.ts'

/** $match, $find, $document: what is looked up without an address. */
export const operations: readonly Shape[] = [
  shape('$match', (setting) =>
    people(setting, 4).map((person) =>
      lookUp(person, setting, ({ id: _id, ...body }) => ({ line: 'POST Patient/$match', body })),
    ),
  ),
  shape('$find by name', (setting) =>
    people(setting, 3).map((person) =>
      lookUp(person, setting, ({ name }) => ({ line: `GET Patient/$find?text=${name[0].text}` })),
    ),
  ),
  // of people whose numbers are not like another one's
  shape('$find by record number', (setting) =>
    people({ ...setting, world: { ...setting.world, people: setting.world.people.slice(2, 10) } }, 2).map((person) =>
      lookUp(
        person,
        setting,
        ({ identifier }) => ({ line: `GET Patient/$find?text=${identifier[0].value}` }),
        'number',
      ),
    ),
  ),
  shape('$find by mobile', (setting) =>
    people(setting, 4).map((person) =>
      lookUp(
        person,
        setting,
        ({ telecom }) => ({ line: `GET Patient/$find?text=${telecom[0].value.slice(3)}` }),
        'mobile',
      ),
    ),
  ),
  shape('$document', ({ some, all }) => [
    ...some(all.of('Composition'), 6).flatMap(({ id }) => [
      document(`Composition/${id}/$document`, id),
      document(`Composition/$document?id=${id}`, id),
    ]),
    document('Composition/never/$document', 'never'),
  ]),
]

const people = ({ some, world }: Setting, most: number): Person[] => some(world.people, most)

/** Who is found, and by a record that is seen; the records of one person say the same, of Lakhan's each another thing. */
function lookUp(
  person: Person,
  { all, random }: Setting,
  ask: (body: Row['body']) => Pick<Case, 'line' | 'body'>,
  by: 'all' | 'number' | 'mobile' = 'all',
): Case {
  const sources = person.records.filter((id) => !id.startsWith('golden-'))
  const record = random.pick(sources)
  const alike = person.name === 'Lakhan' || by === 'number' ? [record] : sources
  return {
    ...ask(all.get(`Patient/${record}`)?.body),
    verb: 's',
    type: 'Patient',
    roles: ['emr', 'doctor', 'clerk'],
    uncounted: true,
    expected: (view) => [
      ...(alike.some((id) => view.get(`Patient/${id}`)) ? [`${person.name} seen`] : []),
      ...(by === 'mobile' && standsAtACounter(view.caller)
        ? alike.filter((id) => isRegistered(all, id) && !view.get(`Patient/${id}`)).map((id) => `${id} masked`)
        : []),
    ],
    got: (answer, caller) =>
      answer.status >= 300 ? [`!${answer.status}`] : found(answer).map((row) => howShown(all, caller, row)),
  }
}

/** With the city, by nobody's hand. */
function isRegistered(all: View, id: string): boolean {
  return all.get(`Patient/${id}`)?.owner === undefined
}

function standsAtACounter(caller: Caller | undefined): boolean {
  return (
    caller?.scopes.some(
      ({ context, type, verbs }) => context !== 'patient' && ['*', 'Patient'].includes(type) && verbs.includes('s'),
    ) ?? false
  )
}

function howShown(all: View, caller: Caller | undefined, { id, name }: Found): string {
  const row = all.get(`Patient/${id}`)
  if (!row) return `${id} is nobody`
  if (!caller || all.oracle.sees(caller, row, 's')) return `${all.personOf(id)?.name} seen`
  return isRegistered(all, id) && !name[0]?.text.includes(all.personOf(id)?.name ?? '')
    ? `${id} masked`
    : `${id} LEAKED`
}

interface Found {
  readonly id: string
  readonly name: readonly { readonly text: string }[]
}

function found({ json }: Answer): Found[] {
  const entries: { resource: Found }[] = json.entry ?? []
  return entries.map(({ resource }) => resource)
}

function document(address: string, id: string): Case {
  return {
    line: `GET ${address}`,
    verb: 'r',
    type: 'Composition',
    uncounted: true,
    expected: (view) => {
      const root = view.get(`Composition/${id}`)
      if (!root) return ['!404']
      const rows = new Map([[key(root), root]])
      for (let from: Row[] = [root]; from.length > 0;) {
        from = from
          .flatMap((row) => referencesIn(row).flatMap((one) => view.get(one) ?? []))
          .filter((row) => !rows.has(key(row)) && rows.set(key(row), row))
      }
      return [...rows.keys()]
    },
  }
}
