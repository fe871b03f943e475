import type { Caller } from '../context.ts'
import { FhirError } from '../errors.ts'
import type { Sight } from '../store/sight.ts'
import type { Asked, Premises } from './asked.ts'
import type { Pen } from './visit.ts'

export interface Admission {
  readonly sight: Sight
  readonly pen: Pen
}

/** What a caller may see and write for what they ask. */
export async function admit(_premises: Premises, _caller: Caller, _asked: Asked): Promise<Admission> {
  throw new FhirError('forbidden', 'Nobody is let in yet')
}
