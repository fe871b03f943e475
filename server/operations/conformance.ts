import type { Organization, Parameters, ParametersParameter } from '@medplum/fhirtypes'
import type { Visit } from '../access/visit.ts'
import { FhirError } from '../errors.ts'
import type { House, Interaction } from '../interactions/house.ts'
import { currentSeen } from '../interactions/current.ts'
import type { FhirRequest, Target } from '../interactions/request.ts'
import { asStored } from '../interactions/search/bundle.ts'
import { shownOne } from '../interactions/shown.ts'
import { today } from '../profiles/scores.ts'
import { scoresOf, topFindings, type Asked, type FindingCount, type JudgedCount } from '../store/conformance.ts'

/** How well a facility keeps to the profiles, over a time. */
export interface Conformance {
  readonly facility: string
  /** Per cent of its judged resources without a finding. */
  readonly score: number
  readonly judged: number
  readonly clean: number
  readonly days: readonly JudgedCount[]
  readonly findings: readonly Omit<FindingCount, 'day' | 'facility'>[]
}

/**
 * `$conformance` of all facilities, of one (`?facility=` as in meta.source), or of an Organization: by its address and by
 * its identifiers. `from` and `to` are days in Asia/Kolkata, by default the last 30; `_count` the findings told of each.
 */
export const conformance: Interaction = async (house, context, request, target) => {
  const facilities = target.id === undefined ? named(request, 'facility') : await namesOf(house, context, target)
  const scores = await conformanceOf(house, { facilities, ...period(request) })
  const parameters: Parameters = { resourceType: 'Parameters', parameter: scores.map(parameterOf) }
  return { status: 200, body: JSON.stringify(scores.length > 0 ? parameters : { resourceType: 'Parameters' }) }
}

export async function conformanceOf(house: House, asked: Asked): Promise<Conformance[]> {
  await house.profiles.settle(house.db)
  const [days, findings] = await Promise.all([scoresOf(house.db, asked), topFindings(house.db, asked)])
  return [...new Set(days.map(({ facility }) => facility))].map((facility) => {
    const own = days.filter((day) => day.facility === facility)
    const judged = own.reduce((sum, day) => sum + day.judged, 0)
    const clean = own.reduce((sum, day) => sum + day.clean, 0)
    const score = judged === 0 ? 0 : Math.round((clean / judged) * 1000) / 10
    return { facility, score, judged, clean, days: own, findings: findings.filter((one) => one.facility === facility) }
  })
}

/** All the names that meta.source may give an Organization. */
async function namesOf(house: House, context: Visit, { id = '' }: Target): Promise<string[]> {
  const { base } = context
  const { row, visit } = await currentSeen(house, context, 'Organization', id)
  const { identifier = [] } = JSON.parse(asStored(shownOne(house, visit, row))) as Organization
  const own = identifier.flatMap(({ system, value }) =>
    value === undefined ? [] : [value, ...(system ? [`${system}/${value}`, `${system}|${value}`] : [])],
  )
  return [`Organization/${id}`, `${base}/Organization/${id}`, ...own]
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const MONTH = 30 * 86_400_000

function period(request: FhirRequest): Omit<Asked, 'facilities'> {
  const [to = today()] = named(request, 'to') ?? []
  const [from = today(Date.parse(to) - MONTH)] = named(request, 'from') ?? []
  for (const [day, path] of [
    [from, 'from'],
    [to, 'to'],
  ] as const) {
    if (!DAY.test(day) || Number.isNaN(Date.parse(day))) {
      throw new FhirError('invalid', [{ message: 'This is no day', path, hint: 'Write it as YYYY-MM-DD.' }])
    }
  }
  const top = Number(named(request, '_count')?.[0] ?? 10)
  return { from, to, top: Number.isInteger(top) && top >= 0 ? Math.min(top, 1000) : 10 }
}

function named(request: FhirRequest, name: string): string[] | undefined {
  const given = request.query.flatMap(([key, value]) => (key === name ? [value] : []))
  return given.length > 0 ? given : undefined
}

function parameterOf({ facility, score, judged, clean, days, findings }: Conformance): ParametersParameter {
  return {
    name: 'facility',
    part: [
      ...(facility === '' ? [] : [{ name: 'source', valueUri: facility }]),
      { name: 'score', valueDecimal: score },
      { name: 'judged', valueInteger: judged },
      { name: 'clean', valueInteger: clean },
      ...days.map((day) => ({
        name: 'day',
        part: [
          { name: 'date', valueDate: day.day },
          { name: 'profile', valueCanonical: day.profile },
          { name: 'judged', valueInteger: day.judged },
          { name: 'clean', valueInteger: day.clean },
        ],
      })),
      ...findings.map((finding) => ({
        name: 'finding',
        part: [
          { name: 'count', valueInteger: finding.count },
          { name: 'profile', valueCanonical: finding.profile },
          { name: 'path', valueString: finding.path },
          { name: 'rule', valueString: finding.rule },
          { name: 'message', valueString: finding.message },
          ...(finding.hint === '' ? [] : [{ name: 'remedy', valueString: finding.hint }]),
        ],
      })),
    ],
  }
}
