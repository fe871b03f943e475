import type { Caller, Role } from '../../../server/context.ts'
import type { RequestHeaders } from '../../../server/interactions/request.ts'
import type { Random } from '../../search/random.ts'
import { idsIn, type Answer } from './ask.ts'
import type { Verb } from './oracle/sight.ts'
import { key, type View } from './oracle/view.ts'
import type { Row } from './oracle/rows.ts'
import type { World } from './world/facts.ts'

/** One way to ask, for every caller the same questions: a row of the matrix. */
export interface Shape {
  readonly name: string
  readonly cases: (setting: Setting) => readonly Case[]
}

export interface Setting {
  readonly world: World
  /** Everything there is. */
  readonly all: View
  readonly random: Random
  /** So many of what could be asked for. */
  readonly some: <T>(from: readonly T[], most: number) => T[]
}

export interface Case {
  readonly line: string
  readonly body?: object
  readonly headers?: RequestHeaders
  /** What a scope must allow. */
  readonly verb: Verb
  /** The type asked for, which is 403 for who may never see any; absent: many. */
  readonly type?: string
  /** Nobody else is let in, whatever the scopes. */
  readonly roles?: readonly Role[]
  /** What comes out when the city is what the view shows, in any order. */
  readonly expected: (view: View) => readonly string[]
  /** Reads the answer; by default the entries of the Bundle. */
  readonly got?: (answer: Answer, caller: Caller | undefined) => readonly string[]
  /** Follow the next links to the end. */
  readonly pages?: true
  /** Not a list with a total that must be the number of matches. */
  readonly uncounted?: true
}

export const keys = (rows: readonly Row[]): string[] => rows.map(key)

/** A search on one type: the rows of the type that a predicate holds for. */
export function searching(
  type: string,
  query: string,
  holds: (row: Row, view: View) => boolean,
  more: Partial<Case> = {},
): Case {
  return {
    line: `GET ${type}${query && `?${query}`}`,
    verb: 's',
    type,
    expected: (view) => keys(view.of(type).filter((row) => holds(row, view))),
    ...more,
  }
}

export const shape = (name: string, cases: Shape['cases']): Shape => ({ name, cases })

export { idsIn }
