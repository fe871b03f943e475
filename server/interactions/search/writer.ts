import type { Definitions } from '../../fhir/definitions/definitions.ts'
import type { Plan } from '../../fhir/query/plan.ts'
import { partOf, type Part } from '../../fhir/summary.ts'
import { asStored, type Write } from './bundle.ts'

/** How the plan wants matches written: as stored, or with _elements or _summary a part of them. */
export function matchWriter(definitions: Definitions, plan: Plan): Write {
  return plan.elements ? partly(definitions, { elements: plan.elements }) : includeWriter(definitions, plan)
}

/** _elements is about the matches; a _summary also is about what is included. */
export function includeWriter(definitions: Definitions, { summary }: Plan): Write {
  return summary === undefined || summary === 'false' ? asStored : partly(definitions, { summary })
}

function partly(definitions: Definitions, part: Part): Write {
  return (row) => partOf(definitions, asStored(row), part)
}
