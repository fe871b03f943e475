import { combining } from './combining.ts'
import { conversion } from './conversion.ts'
import { existence } from './existence.ts'
import { fhir } from './fhir.ts'
import { filtering } from './filtering.ts'
import { math } from './math.ts'
import { strings } from './strings.ts'
import { subsetting } from './subsetting.ts'
import { tree } from './tree.ts'
import { utility } from './utility.ts'
import type { Functions } from '../scope.ts'

/** Every FHIRPath function, by the chapters of http://hl7.org/fhirpath/N1/#functions. A new one: a row in its family's file. */
export const functions: Functions = {
  ...existence,
  ...filtering,
  ...subsetting,
  ...combining,
  ...conversion,
  ...strings,
  ...math,
  ...tree,
  ...utility,
  ...fhir,
}
