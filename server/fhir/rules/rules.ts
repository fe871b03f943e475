import type { Resource } from '@medplum/fhirtypes'
import type { Issue } from '../../errors.ts'
import type { Document } from '../json.ts'
import { mayHoldAadhaar } from './aadhaar.ts'
import { NAMED, Sweep } from './sweep.ts'
import { Systems, type IdentifierSystem } from './systems.ts'

/**
 * What holds for every resource that is stored, whoever sends it (India, see decisions.md): no Aadhaar number enters;
 * identifiers of national registers and mobile numbers have one form.
 */
export interface Rules {
  readonly systems: Systems
  /** Whether a resource, as the text that would be stored, holds anything the rules look at: cheap, and mostly no. */
  concern(text: string): boolean
  /** Changes the resource in place to what may be stored. Errors among the findings refuse it. No finding quotes a value. */
  apply(document: Document<Resource>): Issue[]
}

export function makeRules(registers: readonly IdentifierSystem[]): Rules {
  const systems = new Systems(registers)
  return {
    systems,
    concern: (text) => MENTIONS.test(text) || NAMED.test(text) || mayHoldAadhaar(text),
    apply: (document) => new Sweep(systems).over(document.value),
  }
}

/**
 * Registers (all of them are below these domains), telephones but those that are E.164 mobiles already, attached content,
 * character references.
 */
const MENTIONS =
  /ndhm|abdm|"(?:ADN"|data":"|system":"(?:phone|sms)"(?!,"value":"\+91(?!7(?:71|88)[2-6])[6-9]\d{9}"))|&#/
