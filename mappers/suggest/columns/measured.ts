import { fold } from '../../spec/codes.ts'
import { testCodes, type CodeLists } from './code-lists.ts'
import type { Column } from './column.ts'
import type { Finding } from './finding.ts'
import { profileOf, shareOf, type Profile } from './profile.ts'
import type { Guess } from './recognise.ts'
import { isTime, labelOf, unitOf, usualTest } from './tests.ts'
import { isVaccine } from './vaccines.ts'

/** A column of what was measured or done, under the name of the test or the vaccine. */
type Measured = Guess & Pick<Finding, 'loinc'>

/** By their paths. A single such name may be chance (`K`, `NA`); two are the sheet of a laboratory. */
export function testColumns(columns: readonly Column[], lists: CodeLists): ReadonlyMap<string, Measured> {
  const codes = testCodes(lists)
  const found = columns.flatMap(({ path, header, values }): [string, Measured][] => {
    const listed = codes.get(fold(header)) ?? codes.get(fold(labelOf(header)))
    const loinc = listed ?? usualTest(header)
    const profile = profileOf(values)
    if (loinc === undefined || !mayBeResults(profile)) return []
    const why = listed === undefined ? 'a test is usually called so' : 'a code list knows a test by this name'
    return [[path, { header, field: 'test', confidence: 0.9, why, profile, loinc }]]
  })
  return new Map(found.length >= 2 ? found : found.filter(([, one]) => isNoChance(one)))
}

function isNoChance({ header, profile }: Measured): boolean {
  return unitOf(header) !== undefined || fold(labelOf(header)).length > 3 || shareOf(profile, 'number') > 0.8
}

/** What may stand in a column of results: numbers, or a few words again and again. */
function mayBeResults(profile: Profile): boolean {
  const few = profile.filled === 0 || profile.words.length > 0
  return few || shareOf(profile, 'measure') > 0.5 || shareOf(profile, 'name') < 0.5
}

/** The day on which a vaccine was given, in a column of its own. */
export function vaccineDay({ header, values }: Column): Measured | undefined {
  if (!isVaccine(header)) return undefined
  const profile = profileOf(values)
  if (profile.filled === 0 || shareOf(profile, 'date') < 0.7) return undefined
  const why = 'a vaccine is called so, and its cells are days'
  return { header, field: 'immunization.day', confidence: 0.9, why, profile }
}

/** Numbers under a header with a unit: something was measured, whatever it is called. */
export function measured({ header, values }: Column): Measured | undefined {
  const unit = unitOf(header)
  if (unit === undefined || isTime(unit)) return undefined
  const profile = profileOf(values)
  if (profile.filled === 0 || shareOf(profile, 'measure') < 0.7) return undefined
  return { header, field: 'test', confidence: 0.6, why: 'a number with a unit in its header', profile }
}
