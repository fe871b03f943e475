import { Findings, type Finding } from '../../columns/finding.ts'

/** The findings while they are bound: which of them have found a place. */
export class Ledger extends Findings {
  private readonly placed = new Set<Finding>()

  /** The first of this field that has no place yet; it has one now. */
  take(field: string): Finding | undefined {
    const one = this.all.find((finding) => finding.field === field && !this.placed.has(finding))
    this.place(one)
    return one
  }

  place(...ones: readonly (Finding | undefined)[]): void {
    for (const one of ones) if (one) this.placed.add(one)
  }

  get left(): readonly Finding[] {
    return this.all.filter((one) => !this.placed.has(one))
  }
}
