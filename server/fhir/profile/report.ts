import type { Finding } from './types.ts'

const MAX_FINDINGS = 200

/** Findings of one validation, and where the walk stands: a stack that is written out only for a finding. */
export class Report {
  readonly findings: Finding[] = []
  private readonly place: (string | number)[]

  constructor(
    place: readonly (string | number)[],
    /** A trial only asks whether there is an error. */
    readonly trial: boolean = false,
  ) {
    this.place = [...place]
  }

  failed = false

  get full(): boolean {
    return this.trial ? this.failed : this.findings.length >= MAX_FINDINGS
  }

  enter(step: string | number): void {
    this.place.push(step)
  }

  leave(): void {
    this.place.pop()
  }

  steps(): readonly (string | number)[] {
    return this.place
  }

  add(finding: Finding): void {
    if (finding.severity === 'error') this.failed = true
    if (!this.trial && !this.full) this.findings.push({ ...finding, path: writePath(this.place) })
  }

  addAt(step: string | number, finding: Finding): void {
    this.enter(step)
    this.add(finding)
    this.leave()
  }
}

export function writePath(place: readonly (string | number)[]): string {
  let path = ''
  for (const step of place) {
    if (typeof step === 'number') path += `[${step}]`
    else path += path === '' ? step : `.${step}`
  }
  return path
}
