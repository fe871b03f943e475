import type { Coding } from '@medplum/fhirtypes'
import { readFileSync } from 'node:fs'

/** profiles/privacy/break-glass.json: for how long, how often, and for which reasons. */
export interface Terms {
  readonly hours: number
  readonly opensADay: number
  readonly looksADay: number
  readonly reasons: readonly Reason[]
}

export interface Reason {
  readonly system: string
  readonly code: string
  readonly display: string
  readonly hindi: string
}

let read: Terms | undefined

export function terms(): Terms {
  return (read ??= JSON.parse(
    readFileSync(new URL('../../../profiles/privacy/break-glass.json', import.meta.url), 'utf8'),
  ) as Terms)
}

/** A code is one of these by itself; a system that is given must be the code's. */
export function reasonOf({ system, code }: Coding): Reason | undefined {
  return terms().reasons.find((reason) => reason.code === code && (system === undefined || reason.system === system))
}
