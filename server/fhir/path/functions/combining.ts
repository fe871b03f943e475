import { union } from '../operators.ts'
import type { Functions, Step } from '../scope.ts'

/** http://hl7.org/fhirpath/N1/#combining */
export const combining: Functions = {
  union: { min: 1, max: 1, run: (input, args, scope) => union(input, (args[0] as Step)(scope)) },
  combine: { min: 1, max: 1, run: (input, args, scope) => [...input, ...(args[0] as Step)(scope)] },
}
