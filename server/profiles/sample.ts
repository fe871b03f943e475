/** So many resources of a type are judged by samples in a second, and so many at once after a quiet time. */
const PER_SECOND = 10
const BURST = 50

interface Allowance {
  left: number
  at: number
}

/**
 * Judges resources for the score alone, after their replies: one between two turns of the event loop, and of each type
 * so few a second that the writes do not notice. A quiet server judges all, a busy one a sample: a score is a ratio, and
 * a ratio is what a sample keeps.
 */
export class Sample {
  private readonly allowances = new Map<string, Allowance>()
  private readonly jobs: (() => void)[] = []
  private running = false

  /** Whether one more of this type may be judged; it then counts as judged. */
  take(type: string, now: number = performance.now()): boolean {
    let one = this.allowances.get(type)
    if (one === undefined) this.allowances.set(type, (one = { left: BURST, at: now }))
    one.left = Math.min(BURST, one.left + ((now - one.at) / 1000) * PER_SECOND)
    one.at = now
    if (one.left < 1) return false
    one.left--
    return true
  }

  /** What was taken is few, so what waits is too. */
  later(job: () => void): void {
    this.jobs.push(job)
    if (this.running) return
    this.running = true
    setImmediate(() => this.turn())
  }

  /** All that waits, now. */
  settle(): void {
    for (const job of this.jobs.splice(0)) attempt(job)
  }

  private turn(): void {
    const job = this.jobs.shift()
    if (job) attempt(job)
    if (this.jobs.length === 0) this.running = false
    else setImmediate(() => this.turn())
  }
}

/** Nobody waits for it who could be told, and a score can bear one resource less. */
function attempt(job: () => void): void {
  try {
    job()
  } catch {
    return
  }
}
