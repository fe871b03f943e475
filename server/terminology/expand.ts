import { randomUUID } from 'node:crypto'
import type {
  CodeSystemConceptDesignation,
  ValueSet,
  ValueSetExpansion,
  ValueSetExpansionContains,
  ValueSetExpansionParameter,
} from '@medplum/fhirtypes'
import { raw, sql, type Sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import type { Asked } from './compose/asked.ts'
import { planValueSet, type Plan } from './compose/plan.ts'
import { nest } from './nest.ts'
import { chosenDesignations, displayIn } from './language.ts'
import type { Terminology } from './terminology.ts'

/** Codes in one answer; more are paged. */
const MOST_CODES = 10_000

/** The parameters of $expand (https://hl7.org/fhir/R4/valueset-operation-expand.html). */
export interface ExpandOptions extends Asked {
  readonly offset?: number | undefined
  readonly count?: number | undefined
  readonly includeDesignations?: boolean | undefined
  readonly designations?: readonly string[]
  readonly includeDefinition?: boolean
  /** False: children stand inside their parents, which is possible for a whole expansion only. */
  readonly excludeNested?: boolean | undefined
  readonly displayLanguage?: string | undefined
}

interface Row {
  total: number
  sys: number | null
  sid: number | null
  code: string
  place: number | null
  display: string | null
  abstract: boolean | null
  inactive: boolean | null
  parents: string[] | null
  designation: CodeSystemConceptDesignation[] | null
}

export async function expand(terminology: Terminology, valueSet: ValueSet, options: ExpandOptions): Promise<ValueSet> {
  const { offset = 0, count } = options
  const plan = await planValueSet(terminology, valueSet, options)
  const limit = Math.min(count ?? MOST_CODES, MOST_CODES)
  const rows = await terminology.db.rows<Row>(
    plan.whole ? pageOfWhole(plan, offset, limit) : page(plan, options, offset, limit),
  )
  const total = plan.whole?.concepts ?? rows[0]?.total ?? 0
  if (count === undefined && total - offset > MOST_CODES) throw tooCostly(total)
  const hits = rows.filter((row) => row.sys !== null)
  const flat = hits.map((row) => containsOf(plan, row, options))
  const whole = offset === 0 && count === undefined
  const contains = options.excludeNested === false && whole ? nest(flat, hits) : flat
  return answer(valueSet, plan, options, total, contains)
}

/** By place: a page from the middle of 100,000 codes costs what the first one does. */
function pageOfWhole({ whole }: Plan, offset: number, limit: number): Sql {
  return sql`
    select 0 as total, 0 as sys, c.sid, c.code, c.place, c.display, c.abstract, c.inactive, c.parents,
           c.detail -> 'designation' as designation
    from concept c where c.sid = ${whole?.sid} and c.place >= ${offset}::bigint and c.place < ${offset + limit}::bigint
    order by c.place`
}

function page({ members }: Plan, { filter }: Asked, offset: number, limit: number): Sql {
  const order = raw(filter ? 'p.ord, p.code, p.part' : 'p.part, p.ord, p.code')
  return sql`
    with m as materialized (${members}),
         p as (select * from m as p order by ${order} limit ${limit} offset ${offset})
    select t.total, p.sys, p.sid, p.code, c.place, c.display, c.abstract, c.inactive, c.parents,
           c.detail -> 'designation' as designation
    from (select count(*)::integer as total from m) as t
    left join p on true
    left join concept c on c.sid = p.sid and c.code = p.code
    order by ${order}`
}

function containsOf(plan: Plan, row: Row, options: ExpandOptions): ValueSetExpansionContains {
  const system = plan.systems[row.sys ?? 0] ?? ''
  const listed = plan.listed.get(`${row.sys ?? 0} ${row.code}`)
  const used = row.sid === null ? undefined : plan.used.get(row.sid)
  const designations = [...(listed?.designation ?? []), ...(row.designation ?? [])]
  const display = displayIn(
    options.displayLanguage,
    listed?.display ?? row.display ?? undefined,
    used?.head.language,
    designations,
  )
  const shown = options.includeDesignations ? chosenDesignations(designations, options.designations ?? []) : []
  const ambiguous = [...plan.used.values()].filter(({ url }) => url === system).length > 1
  return {
    system,
    ...(row.abstract && { abstract: true }),
    ...(row.inactive && { inactive: true }),
    ...(ambiguous && used?.version && { version: used.version }),
    code: row.code,
    ...(display && { display }),
    ...(shown.length > 0 && {
      designation: shown.map((one) => ({ ...one })) as ValueSetExpansionContains['designation'],
    }),
  } as ValueSetExpansionContains
}

function answer(
  valueSet: ValueSet,
  plan: Plan,
  options: ExpandOptions,
  total: number,
  contains: ValueSetExpansionContains[],
): ValueSet {
  const { compose, expansion: _expansion, text: _text, ...head } = valueSet
  const expansion: ValueSetExpansion = {
    identifier: `urn:uuid:${randomUUID()}`,
    timestamp: new Date().toISOString(),
    total,
    ...(options.offset !== undefined && { offset: options.offset }),
    parameter: parametersOf(plan, options),
    ...(contains.length > 0 && { contains }),
  }
  return {
    ...head,
    status: head.status ?? 'active',
    ...(options.includeDefinition && compose && { compose }),
    expansion,
  }
}

/** Whatever changed the answer (R4: servers should record all parameters that affect the contents). */
function parametersOf(plan: Plan, options: ExpandOptions): ValueSetExpansionParameter[] {
  const { filter, activeOnly, selectable, offset, count, includeDesignations, displayLanguage, excludeNested } = options
  const list: (ValueSetExpansionParameter | false)[] = [
    filter !== undefined && { name: 'filter', valueString: filter },
    offset !== undefined && { name: 'offset', valueInteger: offset },
    count !== undefined && { name: 'count', valueInteger: Math.min(count, MOST_CODES) },
    activeOnly !== undefined && { name: 'activeOnly', valueBoolean: activeOnly },
    selectable !== undefined && { name: 'excludeNotForUI', valueBoolean: selectable },
    includeDesignations !== undefined && { name: 'includeDesignations', valueBoolean: includeDesignations },
    displayLanguage !== undefined && { name: 'displayLanguage', valueCode: displayLanguage },
    excludeNested !== undefined && { name: 'excludeNested', valueBoolean: excludeNested },
    ...[...plan.used.values()].map(({ url, version }) => ({
      name: 'version',
      valueUri: version ? `${url}|${version}` : url,
    })),
  ]
  return list.filter((one) => one !== false)
}

function tooCostly(total: number): FhirError {
  return new FhirError('too-costly', [
    {
      message: `The expansion has ${total} codes, more than the ${MOST_CODES} of one answer.`,
      hint: 'Ask for a page with count and offset, or narrow it with filter.',
    },
  ])
}
