import { shown } from './fault.ts'
import { nearest } from './suggest.ts'

/** A parameter that the type does not have: refused or, when the client is lenient, ignored. */
export class UnknownParameter extends Error {
  readonly hint: string | undefined

  constructor(
    readonly parameter: string,
    where: string,
    code: string,
    names: Iterable<string>,
  ) {
    super(`${where} has no search parameter ${shown(parameter)}`)
    const near = code.length <= 60 ? nearest(code, names) : undefined
    this.hint = near && `Did you mean ${near}? ${leave}`
  }
}

const leave = 'Else leave it out, or send Prefer: handling=lenient to have it ignored.'
