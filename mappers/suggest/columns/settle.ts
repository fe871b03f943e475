import { Findings, type Finding, type Recognised } from './finding.ts'
import { namesBill, rulesFor } from './rules.ts'

/** What a column means that other columns decide: the same header in a laboratory, at a counter, in a booking list. */
export function settled(guessed: Findings, resultsInside: boolean): Recognised {
  const found = new Findings(withFrequencies(guessed))
  const results = resultsInside || found.has('result.code', 'test')
  const rules = rulesFor(found, results)
  const taken = new Set(found.all.map(({ field }) => field))

  const fieldOf = (one: Finding): string | undefined => {
    if (isOfChild(one, found)) return undefined
    // Among results a number of a report is one, unless it says that it is of a bill.
    if (one.field === 'report.id' && results && !namesBill(one)) return one.field
    const becomes = rules.find(({ field }) => field === one.field)?.becomes
    if (becomes === undefined || becomes === one.field) return one.field
    if (becomes === '' || taken.has(becomes)) return undefined
    taken.add(becomes)
    return becomes
  }
  const told = found.all.map((one) => ({ one, field: fieldOf(one) }))
  return {
    found: new Findings(told.flatMap(({ one, field }) => (field === undefined ? [] : { ...one, field }))),
    unbound: told
      .filter(({ field }) => field === undefined)
      .map(({ one: { path, header, values } }) => ({ path, header, values })),
  }
}

/** How often: of a medicine where one is prescribed, its dose where nothing else tells that; otherwise a remark. */
function withFrequencies(guessed: Findings): readonly Finding[] {
  const field = !guessed.has('medication.drug')
    ? 'visit.notes'
    : guessed.has('medication.dose')
      ? 'medication.frequency'
      : 'medication.dose'
  return guessed.all.map((one) => (one.field === 'medication.frequency' ? { ...one, field } : one))
}

const BIRTH_WEIGHT = '8339-4'

/** On the record of a mother nothing may stand that was measured of her child. */
function isOfChild({ loinc }: Finding, found: Findings): boolean {
  const isMothers = found.has('patient.mother') && !found.has('patient.name', 'patient.givenName')
  return loinc === BIRTH_WEIGHT && isMothers
}
