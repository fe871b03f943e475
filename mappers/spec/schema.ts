import { groups, type Group } from '../canonical.ts'

/**
 * The JSON Schema of facility and dialect files as they are written. schema.json is its print, for editors; a test keeps
 * the two equal. What spans several words or files (functions, paths, code lists) is checked by the compiler.
 */
export function fileSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Facility or dialect of the mappers',
    ...closed({
      facility: name,
      dialect: name,
      about: text,
      extends: name,
      organization: closed({ hfr: { type: 'string', pattern: '^[A-Za-z0-9.-]{1,64}$' }, name: text }),
      hl7: closed({ application: text, facility: text, port: { type: 'integer', minimum: 1, maximum: 65_535 } }),
      pull: closed({
        url: { type: 'string', pattern: '^https?://' },
        schedule: text,
        types: { type: 'array', items: text, minItems: 1 },
      }),
      source,
      record: closed({ key: ref('texts'), at: ref('field') }),
      routes: { type: 'object', additionalProperties: route },
      bind: closed(bindings()),
      codes: { type: 'object', additionalProperties: ref('codes') },
      limits,
    }),
    definitions: { ...words, ...groupSchemas() },
  }
}

const text = { type: 'string', minLength: 1 }
const name = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' }
const whole = { type: 'integer', minimum: 1 }
const texts = { type: 'array', items: text }

const source = closed({
  kind: text,
  encoding: ref('texts'),
  separator: { type: 'string', minLength: 1, maxLength: 1 },
  sheet: text,
  records: text,
  columns: { type: 'object', additionalProperties: { type: 'string', pattern: '^[0-9]+(-[0-9]+)?$' } },
  legacyFont: { type: 'object', additionalProperties: text },
  dates: { enum: ['day-first', 'month-first', 'year-first'] },
  zone: text,
  headerAliases: { type: 'object', additionalProperties: text },
  ignoreColumns: texts,
  ignoreSegments: texts,
  titleRows: { type: 'integer', minimum: 0, maximum: 100 },
  footer: texts,
  repair: { type: 'boolean' },
  fixes: texts,
  version: { enum: ['R4', 'STU3'] },
})

const limits = closed({
  rejectPct: { type: 'number', minimum: 0, maximum: 100 },
  maxBytes: whole,
  maxRecords: whole,
  maxCell: whole,
  newColumn: { enum: ['warn', 'ignore', 'stop-file'] },
  missingBoundColumn: { enum: ['stop-file', 'warn'] },
})

const route = closed({
  groups: { type: 'array', items: { enum: Object.keys(groups) }, minItems: 1 },
  set: closed(Object.fromEntries(paths(false).map((path) => [path, text]))),
  ignore: { type: 'boolean' },
  refuse: text,
})

const step = either({ type: 'object', minProperties: 1, maxProperties: 1 }, text)

const binding = closed({
  from: ref('texts'),
  join: { type: 'string' },
  const: text,
  as: ref('chain'),
  default: text,
  need: { enum: ['record'] },
  onBad: { enum: ['warn', 'quarantine', 'keep'] },
  when: ref('when'),
})

const words = {
  texts: either(some(text), text),
  codes: either({ type: 'object', additionalProperties: ref('texts') }, text),
  when: { type: 'object', additionalProperties: ref('texts'), minProperties: 1 },
  chain: either(some(step), step),
  one: either(binding, text),
  field: either(some(ref('one')), binding, text),
  each: closed({
    columns: either(some(text), { type: 'string', pattern: '^[0-9]+\\.\\.[0-9]+$' }),
    rows: some({ type: 'object', additionalProperties: { type: 'string' } }),
    path: text,
    segment: text,
    group: closed({ head: some(text), take: texts, until: texts }),
    stopIfBlank: text,
  }),
}

/** `patient`, `patient.name`, `report.result`: every name that may stand in `bind:`. */
function bindings(): Record<string, object> {
  const dotted = paths(true).map((path): [string, object] => [path, ref('field')])
  return { ...Object.fromEntries(dotted), ...nestedRefs(Object.keys(groups) as Group[], '') }
}

function nestedRefs(names: readonly Group[], prefix: string): Record<string, object> {
  return Object.fromEntries(
    names.flatMap((group) => [
      [prefix + group, ref(`groups-${group}`)],
      ...Object.entries(nestedRefs(groups[group].inside, `${prefix}${group}.`)),
    ]),
  )
}

function groupSchemas(): Record<string, object> {
  return Object.fromEntries(
    (Object.keys(groups) as Group[]).flatMap((group) => {
      const fields = Object.keys(groups[group].fields).map((field) => [field, ref('field')] as const)
      const one = closed({
        each: ref('each'),
        when: ref('when'),
        ...Object.fromEntries(fields),
        ...nestedRefs(groups[group].inside, ''),
      })
      return [
        [group, one],
        [`groups-${group}`, either(some(ref(group)), one)],
      ]
    }),
  )
}

/** `patient.name`; with `deep` also `report.result.code`. */
function paths(deep: boolean): string[] {
  const of = (group: Group, prefix: string): string[] => [
    ...Object.keys(groups[group].fields).map((field) => `${prefix}${group}.${field}`),
    ...(deep ? groups[group].inside.flatMap((inner) => of(inner, `${prefix}${group}.`)) : []),
  ]
  return (Object.keys(groups) as Group[]).flatMap((group) => of(group, ''))
}

function closed(properties: Record<string, object>): object {
  return { type: 'object', properties, additionalProperties: false }
}

/** One of several forms, told apart by their type: the keywords of JSON Schema look only at values of their own type. */
function either(...forms: readonly object[]): object {
  const types = forms.flatMap((form) => (form as { type: string | string[] }).type)
  return { ...Object.assign({}, ...forms), type: types } as object
}

function some(items: object): object {
  return { type: 'array', items, minItems: 1 }
}

function ref(definition: string): object {
  return { $ref: `#/definitions/${definition}` }
}
