import type { CodeNames, ListKind } from '../../columns/code-lists.ts'
import type { Column as SampleColumn } from '../../columns/column.ts'
import type { ListedKind } from '../../columns/lists.ts'
import { constant, type Bound } from '../binding.ts'
import { quoted, type Line } from '../lines.ts'

export type Column = SampleColumn & Bound

/** The columns of a list's items. */
export interface Items {
  /** By what they mean. */
  readonly of: (...fields: readonly string[]) => Column | undefined
  /** By what they are called in lists of this kind alone. */
  readonly called: (pattern: RegExp) => Column | undefined
  /** The code list that knows the words of a column. */
  readonly listFor: (kind: ListKind, column: Column) => string | undefined
}

/** How the items of a list become a group. */
export interface Recipe {
  readonly fields: readonly FieldOf[]
  readonly codes?: CodeNames
  /** Columns that are read by the way. */
  readonly besides?: readonly (Column | undefined)[]
  readonly more?: readonly Line[]
}

interface FieldOf {
  readonly name: string
  /** All that there are of these are glued. */
  readonly columns: readonly (Column | undefined)[]
  readonly as?: string
  readonly join?: string
}

/** By group; undefined: without its main column it is none. */
export const recipes: Readonly<Record<ListedKind['group'], (items: Items) => Recipe | undefined>> = {
  medication: medications,
  problem: problems,
  result: results,
  order: (items) => named(items, 'code', 'result.code', [status(items)]),
  allergy: (items) => named(items, 'code', 'allergy.code', [reaction(items)]),
  procedure: (items) => named(items, 'code', 'procedure.code', [at(items), status(items)]),
  immunization: (items) => named(items, 'vaccine', 'immunization.vaccine', [lot(items), at(items)]),
}

const NAME = /name$|^(?:test|allergen|substance|procedure|vaccine)$/i

/** A group that one column names; `means`: what the lexicon calls that. */
function named(items: Items, name: string, means: string, rest: readonly FieldOf[]): Recipe | undefined {
  const main = items.of(means) ?? items.called(NAME)
  return main && { fields: [{ name, columns: [main], as: 'coded' }, ...rest] }
}

const MOMENT = /(?:^|_)(?:at|on|date|datetime)$|[a-z](?:At|On|Date)$/
const at = ({ of, called }: Items): FieldOf => ({
  name: 'at',
  columns: [of('visit.at') ?? called(MOMENT)],
  as: 'datetime',
})
const lot = ({ of }: Items): FieldOf => ({ name: 'lot', columns: [of('immunization.lot')] })
const status = ({ called }: Items): FieldOf => ({ name: 'status', columns: [called(/^status$/i)] })
const reaction = ({ called }: Items): FieldOf => ({ name: 'reaction', columns: [called(/reaction/i)], as: 'coded' })

function medications({ of, called, listFor }: Items): Recipe | undefined {
  const drug = of('medication.drug')
  if (!drug) return undefined
  const known = listFor('drug', drug)
  const doses = [
    of('medication.dose'),
    of('medication.frequency'),
    called(/^freq(?:uency)?$|^timing$|^when$/i),
    called(/^instructions?$|^directions?$|^remarks?$/i),
  ]
  return {
    fields: [
      { name: 'drug', columns: [drug], as: coded('drug', known) },
      { name: 'dose', columns: doses, as: 'dose' },
      { name: 'route', columns: [of('medication.route')], as: 'coded' },
      { name: 'days', columns: [of('medication.days')], as: 'days' },
      { name: 'quantity', columns: [of('medication.quantity')], as: 'quantity' },
    ],
    codes: { drug: known },
  }
}

function problems({ of, listFor }: Items): Recipe | undefined {
  const [icd, text] = [of('problem.icd10'), of('problem')]
  if (icd) {
    const as = text ? `{ coded: { system: icd10, text-from: ${quoted(text.path)} } }` : '{ coded: icd10 }'
    return { fields: [{ name: 'code', columns: [icd], as }], besides: [text] }
  }
  if (!text) return undefined
  const known = listFor('diagnosis', text)
  return { fields: [{ name: 'code', columns: [text], as: coded('diagnosis', known) }], codes: { diagnosis: known } }
}

const LOWEST = /^(?:ref_?|range_?|normal_?)?(?:low|min|lower)$/i
const HIGHEST = /^(?:ref_?|range_?|normal_?)?(?:high|max|upper)$/i

function results({ of, called, listFor }: Items): Recipe | undefined {
  const [code, value] = [of('result.code'), of('result.value')]
  if (!code || !value) return undefined
  const known = listFor('test', code)
  const [range, low, high] = [of('result.range'), called(LOWEST), called(HIGHEST)]
  return {
    fields: [
      { name: 'code', columns: [code], as: coded('test', known) },
      { name: 'value', columns: [value], as: 'measure' },
      { name: 'unit', columns: [of('result.unit')] },
      { name: 'range', columns: range ? [range] : low && high ? [low, high] : [], join: ' - ' },
      { name: 'flag', columns: [of('result.flag') ?? called(/flag$/i)] },
      { name: 'method', columns: [of('result.method')], as: 'coded' },
      { name: 'at', columns: [of('report.at', 'visit.at')], as: 'datetime' },
    ],
    codes: { test: known },
    more: [constant('category', 'laboratory')],
  }
}

/** By the code list that knows the words, or as they are. */
function coded(kind: ListKind, known: string | undefined): string {
  return known === undefined ? 'coded' : `{ code: ${kind} }`
}
