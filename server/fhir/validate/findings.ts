import type { Issue } from '../../errors.ts'

const MAX_FINDINGS = 100
/** Names worth printing: a strange one could be anything, so it is not repeated. */
const NAME = /^_?[A-Za-z]\w{0,63}$/

export type Json = Record<string, unknown>

/** A finding at a member of an object. */
export interface Fault {
  readonly step: string
  readonly code: NonNullable<Issue['code']>
  readonly message: string
  readonly hint: string
}

/**
 * What was found so far, and where the walk stands. The place is a stack that is written out only for a finding:
 * clean resources, nearly all, never pay for it.
 */
export class Findings {
  readonly issues: Issue[] = []
  private readonly place: (string | number)[] = []

  get full(): boolean {
    return this.issues.length >= MAX_FINDINGS
  }

  get depth(): number {
    return this.place.length
  }

  enter(step: string | number): void {
    this.place.push(step)
  }

  leave(): void {
    this.place.pop()
  }

  add(code: Issue['code'], message: string, hint: string): void {
    if (this.full) return
    const path = this.path()
    this.issues.push({ severity: 'error', ...(code && { code }), message, hint, ...(path && { path }) })
  }

  /** A finding at a member of the object where the walk stands. */
  addAt(step: string, code: Issue['code'], message: string, hint: string): void {
    const named = NAME.test(step)
    if (named) this.enter(step)
    this.add(code, message, hint)
    if (named) this.leave()
  }

  private path(): string {
    let path = ''
    for (const step of this.place) {
      if (typeof step === 'number') path += `[${step}]`
      else path += path === '' ? step : `.${step}`
    }
    return path
  }
}

/** A property's name for a message. */
export function quoted(name: string): string {
  return NAME.test(name) ? `\`${name}\`` : 'A property with a strange name'
}

/** The known name that is closest to a mistyped one: another case, or at most two letters off. */
export function closest(name: string, known: Iterable<string>): string | undefined {
  if (!NAME.test(name)) return undefined
  let best: string | undefined
  let least = Math.min(3, Math.ceil(name.length / 2))
  for (const one of known) {
    const steps = one.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name, one)
    if (steps < least) [best, least] = [one, steps]
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
