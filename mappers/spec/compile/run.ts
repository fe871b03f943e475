import { issue, type Code, type Issue, type Level } from '../../issues.ts'
import type { MappedRecord } from '../../mapping.ts'
import type { Cell } from '../function.ts'

/**
 * One record on its way. A single one is used for all records of a file (functions run to their end before the next
 * begins), so that nothing is allocated for a value.
 */
export class Run implements Cell {
  readonly file = new Map<string, unknown>()
  item: unknown
  line = 0
  issues: Issue[] = []
  unmappedCodes: MappedRecord['unmapped'][number][] = []
  /** How many values were found, constants and defaults aside: a group without any is none. */
  found = 0
  /** The binding at work, for messages. */
  column = ''
  value: string | undefined
  epoch: 1900 | 1904 | undefined

  constructor(readonly receivedAt: Date) {}

  begin(item: unknown, line: number, issues: readonly Issue[]): void {
    this.item = item
    this.line = line
    this.issues = [...issues]
    this.unmappedCodes = []
    this.found = 0
  }

  report(
    code: Code,
    { value = this.value, detail, level }: { readonly value?: string; readonly detail?: string; level?: Level } = {},
  ): void {
    const where = this.where(value, detail)
    this.add(issue(code, level === undefined ? where : { ...where, level }))
  }

  unmapped(list: string, code: string, text?: string): void {
    this.unmappedCodes.push({ list, code, ...(text !== undefined && { text }) })
  }

  add(found: Issue): void {
    this.issues.push(found)
  }

  where(value?: string, detail?: string) {
    return {
      line: this.line,
      column: this.column,
      ...(value !== undefined && { value }),
      ...(detail !== undefined && { detail }),
    }
  }
}
