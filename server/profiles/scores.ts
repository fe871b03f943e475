import type { Database } from '../db/database.ts'
import type { Finding, Json } from '../fhir/profile/types.ts'
import { addCounts, type FindingCount, type JudgedCount } from '../store/conformance.ts'

/** Counts are written together at most so often, and when so many have come together. */
const PERIOD = 5_000
const MAX_HELD = 2_000

/**
 * Conformance counts of one process, held in memory and written together, off the path of the writes they come from: no
 * write waits for a count, and a hot row (one facility, one profile, today) is not fought over by concurrent
 * transactions. A crash loses the counts of the last seconds, never a resource: a score can bear that.
 */
export class Scores {
  private judged = new Map<string, JudgedCount>()
  private found = new Map<string, FindingCount>()
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> = Promise.resolve()

  constructor(private readonly db: Database) {}

  /** One resource, judged by these profiles. */
  note(facility: string, profiles: readonly string[], findings: readonly Finding[]): void {
    const day = today()
    for (const profile of profiles) {
      const own = findings.filter((one) => one.profile === profile && one.severity !== 'information')
      const count = held(this.judged, [day, facility, profile].join('\n'), () => ({
        day,
        facility,
        profile,
        judged: 0,
        clean: 0,
      }))
      count.judged++
      if (own.length === 0) count.clean++
      for (const { path = '', rule, message, hint = '' } of own) {
        const place = path.replace(/\[\d+\]/g, '')
        held(this.found, [day, facility, profile, place, rule].join('\n'), () => ({
          day,
          facility,
          profile,
          path: place,
          rule,
          message,
          hint,
          count: 0,
        })).count++
      }
    }
    if (this.found.size + this.judged.size >= MAX_HELD) void this.flush()
    else this.timer ??= setTimeout(() => void this.flush(), PERIOD).unref()
  }

  /** Writes what is held. What the database would not take is held on to. */
  flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    this.writing = this.writing.then(async () => {
      const [judged, found] = [[...this.judged.values()], [...this.found.values()]]
      if (judged.length === 0) return
      this.judged = new Map()
      this.found = new Map()
      await this.db.transaction((tx) => addCounts(tx, judged, found)).catch(() => this.restore(judged, found))
    })
    return this.writing
  }

  private restore(judged: readonly JudgedCount[], found: readonly FindingCount[]): void {
    if (this.judged.size > MAX_HELD) return
    for (const one of judged) {
      const count = held(this.judged, [one.day, one.facility, one.profile].join('\n'), () => ({
        ...one,
        judged: 0,
        clean: 0,
      }))
      count.judged += one.judged
      count.clean += one.clean
    }
    for (const one of found)
      held(this.found, [one.day, one.facility, one.profile, one.path, one.rule].join('\n'), () => ({
        ...one,
        count: 0,
      })).count += one.count
  }
}

function held<T>(map: Map<string, T>, key: string, make: () => T): T {
  let one = map.get(key)
  if (one === undefined) map.set(key, (one = make()))
  return one
}

const kolkata = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Kolkata' })

/** The day in Asia/Kolkata, which decides what today is. */
export function today(at: number = Date.now()): string {
  return kolkata.format(at)
}

/**
 * Whose resource it is: meta.source, which a gateway that sends for many facilities sets for each, without the fragment
 * that names the single message; else the facility of the client that sends it.
 */
export function facilityOf(resource: Json, sender = ''): string {
  const { meta } = resource
  const source = (meta as { source?: unknown } | undefined)?.source
  return typeof source === 'string' && source !== '' ? (source.split('#')[0] ?? source).slice(0, 300) : sender
}
