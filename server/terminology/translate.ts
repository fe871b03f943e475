import type {
  CodeableConcept,
  Coding,
  ConceptMapGroupElementTargetDependsOn,
  ConceptMapGroupUnmapped,
} from '@medplum/fhirtypes'
import { sql, type Sql } from '../db/sql.ts'
import { findMaps, type StoredMap } from './maps.ts'
import type { MappingDetail } from './tables/concept-map.ts'
import type { Terminology } from './terminology.ts'

/** https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
export interface TranslateQuestion {
  readonly codings: readonly Coding[]
  readonly reverse: boolean
  /** Which maps: by url, else all that fit. */
  readonly maps?: readonly StoredMap[]
  readonly source?: string | undefined
  readonly target?: string | undefined
  readonly targetSystem?: string | undefined
  readonly dependencies: readonly Dependency[]
}

export interface Dependency {
  readonly element: string
  readonly concept: CodeableConcept
}

export interface Match {
  readonly equivalence: string
  readonly concept: Coding | undefined
  readonly product: readonly ConceptMapGroupElementTargetDependsOn[]
  /** The map it comes from. */
  readonly source: string | undefined
}

interface Row {
  mid: number
  part: number
  source_system: string | null
  source_code: string
  target_system: string | null
  target_code: string | null
  equivalence: string
  detail: MappingDetail | null
}

export async function translate(terminology: Terminology, question: TranslateQuestion): Promise<Match[]> {
  const maps = question.maps ?? (await findMaps(terminology, {}))
  const fitting = maps.filter((map) => fits(map, question))
  const matches: Match[] = []
  for (const coding of question.codings) {
    if (!coding.code) continue
    const rows = await rowsFor(terminology, fitting, coding, question)
    for (const row of rows) {
      const map = fitting.find(({ mid }) => mid === row.mid)
      if (map && dependsHold(row, question)) matches.push(matchOf(row, map, question.reverse))
    }
    if (!question.reverse) matches.push(...(await unmapped(terminology, fitting, coding, rows, question, [])))
  }
  return distinct(matches)
}

/** Whether there is a translation: unmatched and disjoint say that there is none. */
export function isTranslated(matches: readonly Match[]): boolean {
  return matches.some(
    ({ equivalence, concept }) => concept !== undefined && !['unmatched', 'disjoint'].includes(equivalence),
  )
}

/** `reverse` also changes the sides of `source` and `target`. */
function fits(
  { source_set: from, target_set: to }: StoredMap,
  { source, target, reverse }: TranslateQuestion,
): boolean {
  const [wantedFrom, wantedTo] = reverse ? [target, source] : [source, target]
  return (wantedFrom === undefined || wantedFrom === from) && (wantedTo === undefined || wantedTo === to)
}

async function rowsFor(
  terminology: Terminology,
  maps: readonly StoredMap[],
  { system, code = '' }: Coding,
  { reverse, targetSystem }: TranslateQuestion,
): Promise<Row[]> {
  const mids = maps.map(({ mid }) => mid)
  const conditions: Sql = reverse
    ? sql`target_code = ${code} and (${system ?? null}::text is null or target_system = ${system ?? null})
          and (${targetSystem ?? null}::text is null or source_system = ${targetSystem ?? null})`
    : sql`source_code = ${code} and (${system ?? null}::text is null or source_system = ${system ?? null})
          and (${targetSystem ?? null}::text is null or target_system = ${targetSystem ?? null})`
  return terminology.db.rows<Row>(sql`
    select mid, part, source_system, source_code, target_system, target_code, equivalence, detail
    from mapping where ${conditions} and mid = any (${mids}::integer[]) order by mid, place limit 1000`)
}

/** A target that depends on other elements counts only when the question names them all. */
function dependsHold({ detail }: Row, { dependencies }: TranslateQuestion): boolean {
  return (detail?.dependsOn ?? []).every(({ property, system, value }) =>
    dependencies.some(
      ({ element, concept }) =>
        element === property &&
        (concept.coding ?? []).some(
          (coding) => coding.code === value && (system === undefined || coding.system === system),
        ),
    ),
  )
}

const turned: Readonly<Record<string, string>> = {
  wider: 'narrower',
  narrower: 'wider',
  subsumes: 'specializes',
  specializes: 'subsumes',
}

function matchOf(row: Row, map: StoredMap, reverse: boolean): Match {
  const [system, code, display] = reverse
    ? [row.source_system, row.source_code, row.detail?.source]
    : [row.target_system, row.target_code, row.detail?.target]
  return {
    equivalence: reverse ? (turned[row.equivalence] ?? row.equivalence) : row.equivalence,
    concept: code === null ? undefined : { ...(system && { system }), code, ...(display && { display }) },
    product: row.detail?.product ?? [],
    source: map.url ?? undefined,
  }
}

/** What a group says about codes of its system that it does not list (ConceptMap.group.unmapped). */
async function unmapped(
  terminology: Terminology,
  maps: readonly StoredMap[],
  coding: Coding,
  rows: readonly Row[],
  question: TranslateQuestion,
  within: readonly string[],
): Promise<Match[]> {
  const matches: Match[] = []
  for (const map of maps) {
    for (const [part, group] of (map.head.group ?? []).entries()) {
      const listed = rows.some((row) => row.mid === map.mid && row.part === part)
      const concerned = coding.system === undefined || group.source === coding.system
      const wanted = question.targetSystem === undefined || question.targetSystem === group.target
      if (!group.unmapped || listed || !concerned || !wanted) continue
      matches.push(...(await fallback(terminology, map, group.target, group.unmapped, coding, question, within)))
    }
  }
  return matches
}

async function fallback(
  terminology: Terminology,
  map: StoredMap,
  target: string | undefined,
  { mode, code, display, url }: ConceptMapGroupUnmapped,
  coding: Coding,
  question: TranslateQuestion,
  within: readonly string[],
): Promise<Match[]> {
  const of = (concept: Coding, equivalence: string): Match[] => [
    {
      equivalence,
      concept: { ...(target && { system: target }), ...concept },
      product: [],
      source: map.url ?? undefined,
    },
  ]
  if (mode === 'provided') return of({ code: coding.code ?? '' }, 'equal')
  if (mode === 'fixed') return code ? of({ code, ...(display && { display }) }, 'inexact') : []
  if (!url || within.includes(url) || within.length >= 5) return []
  const others = await findMaps(terminology, { url })
  const rows = await rowsFor(terminology, others, coding, question)
  const matches = rows.flatMap((row) => {
    const other = others.find(({ mid }) => mid === row.mid)
    return other && dependsHold(row, question) ? [matchOf(row, other, false)] : []
  })
  return [...matches, ...(await unmapped(terminology, others, coding, rows, question, [...within, url]))]
}

function distinct(matches: readonly Match[]): Match[] {
  return [...new Map(matches.map((match) => [JSON.stringify(match), match])).values()]
}
