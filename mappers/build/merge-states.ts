import { REPLACED_BY } from './elements.ts'

type Node = Record<string, unknown>

/** Once so, a resource is not made less so by a part that came late; only an explicit clear of its status does that. */
const FINAL: Readonly<Record<string, readonly string[]>> = {
  Encounter: ['finished', 'cancelled', 'entered-in-error'],
  Appointment: ['fulfilled', 'cancelled', 'noshow', 'entered-in-error'],
  DiagnosticReport: ['final', 'amended', 'corrected', 'appended', 'cancelled', 'entered-in-error'],
}
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  Encounter: ['planned', 'arrived', 'triaged', 'in-progress', 'onleave'],
  Appointment: ['proposed', 'pending', 'waitlist', 'booked', 'checked-in', 'arrived'],
  DiagnosticReport: ['registered', 'partial', 'preliminary'],
}

/** The state of the whole, and of an Encounter where it has been before. */
export function mergeStates(before: Node, part: Node, after: Node, cleared: ReadonlySet<string>): void {
  const type = part['resourceType'] as string
  const [old, now] = [before['status'], part['status']]
  if (typeof old !== 'string' || typeof now !== 'string' || old === now) return keepPlaces(part, after)
  const isBack = old === 'entered-in-error' && cleared.has(`extension|${REPLACED_BY}`)
  const isReopened = isBack || cleared.has('period.end') || cleared.has('status')
  const isLess = now === 'unknown' || (isFinal(type, old) && BEFORE[type]?.includes(now) === true && !isReopened)
  if (isLess) after['status'] = old
  else if (type === 'Encounter' && old !== 'unknown') after['statusHistory'] = history(before, part, old)
  keepPlaces(part, after)
}

function isFinal(type: string, status: string): boolean {
  return FINAL[type]?.includes(status) === true
}

/** https://hl7.org/fhir/R4/encounter-definitions.html#Encounter.statusHistory: it needs a time, else there is nothing to say. */
function history(before: Node, part: Node, status: string): unknown {
  const known = (before['statusHistory'] as readonly Node[] | undefined) ?? []
  const last = known.at(-1)?.['period'] as { end?: string } | undefined
  const start = last?.end ?? (before['period'] as { start?: string } | undefined)?.start
  const { start: from, end: to } = (part['period'] ?? {}) as { start?: string; end?: string }
  const end = to ?? (from !== start ? from : undefined)
  if (start === undefined && end === undefined) return before['statusHistory']
  const ordered = start === undefined || end === undefined || Date.parse(start) <= Date.parse(end)
  const period = { ...(start && { start }), ...(end && ordered && { end }) }
  return [...known, { status, period: Object.keys(period).length > 0 ? period : { end } }]
}

/** Where a patient is now is one place; the others are left, and after the end all of them. */
function keepPlaces(part: Node, after: Node): void {
  const [now, places] = [part['location'], after['location']]
  if (!Array.isArray(places)) return
  const isOver = isFinal('Encounter', after['status'] as string)
  const isNew = Array.isArray(now) && now.some((one: Node) => one['status'] === 'active')
  if (!isOver && !isNew) return
  const own = new Set(
    isOver || !Array.isArray(now) ? [] : (now as Node[]).map((one) => JSON.stringify(one['location'])),
  )
  after['location'] = (places as Node[]).map((one) =>
    own.has(JSON.stringify(one['location'])) || one['status'] !== 'active' ? one : { ...one, status: 'completed' },
  )
}
