import type { ValueSet } from '@medplum/fhirtypes'
import { FhirError } from '../../errors.ts'
import type { Target } from '../../interactions/request.ts'
import { findSystemById, type System } from '../../terminology/system.ts'
import type { Terminology } from '../../terminology/terminology.ts'
import { findValueSetById, theValueSet } from '../../terminology/value-set.ts'
import { missing, type Input } from './input.ts'

/** The code system of `CodeSystem/[id]/$…`; undefined at the type. */
export async function systemOfInstance(terminology: Terminology, { id }: Target): Promise<System | undefined> {
  if (id === undefined) return undefined
  const system = await findSystemById(terminology, id)
  if (system) return system
  throw new FhirError('not-found', 'There is no such CodeSystem')
}

/** The value set that is asked about: of the instance, sent, or by url and version. */
export async function valueSetOf(terminology: Terminology, input: Input, { id }: Target): Promise<ValueSet> {
  if (id !== undefined) {
    const stored = await findValueSetById(terminology, id)
    if (stored) return stored
    throw new FhirError('not-found', 'There is no such ValueSet')
  }
  const sent = input.resource<ValueSet>('valueSet', 'ValueSet')
  if (sent) return sent
  const url = input.string('url')
  if (url === undefined) throw missing(['url', 'valueSet'])
  const version = input.string('valueSetVersion')
  return theValueSet(terminology, version === undefined ? url : `${url}|${version}`)
}
