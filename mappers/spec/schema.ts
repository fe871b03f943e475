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
      hl7: closed({ application: text, facility: text }),
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
  titleRows: { type: 'integer', minimum: 0, maximum: 100 },
  footer: texts,
  repair: { type: 'boolean' },
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
})

const words = {
  texts: either('array', { items: text, minItems: 1 }, text),
  codes: either('object', { additionalProperties: ref('texts') }, text),
  when: { type: 'object', additionalProperties: ref('texts'), minProperties: 1 },
  chain: either('array', { items: ref('step'), minItems: 1 }, ref('step')),
  step: either('object', { minProperties: 1, maxProperties: 1 }, text),
  one: either('object', { $ref: '#/definitions/binding' }, text),
  field: either('array', { items: ref('one'), minItems: 1 }, ref('one')),
  binding: closed({
    from: ref('texts'),
    join: { type: 'string' },
    const: text,
    as: ref('chain'),
    default: text,
    need: { enum: ['record'] },
    onBad: { enum: ['warn', 'quarantine', 'keep'] },
    when: ref('when'),
  }),
  each: closed({
    columns: either('array', texts, { type: 'string', pattern: '^[0-9]+\\.\\.[0-9]+$' }),
    rows: { type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } }, minItems: 1 },
    path: text,
    segment: text,
    group: closed({ head: texts, take: texts, until: texts }),
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
    (Object.keys(groups) as Group[]).flatMap((group) => [
      [
        group,
        closed({
          each: ref('each'),
          when: ref('when'),
          ...Object.fromEntries(Object.keys(groups[group].fields).map((field) => [field, ref('field')])),
          ...nestedRefs(groups[group].inside, ''),
        }),
      ],
      [`groups-${group}`, either('array', { items: ref(group), minItems: 1 }, ref(group))],
    ]),
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

/** Of two forms, told apart by their type, so that a fault is told about the form that was meant. */
function either(type: 'array' | 'object', form: object, otherwise: object): object {
  return { if: { type }, [IF_SO]: form, else: otherwise }
}

/** A key of that name in an object literal looks like a promise to the linter. */
const IF_SO: string = 'then'

function ref(definition: string): object {
  return { $ref: `#/definitions/${definition}` }
}
