import type { NewJob } from '../jobs/queue.ts'

/** What a replay is to process again. */
export interface ReplayPayload extends Readonly<Record<string, unknown>> {
  readonly message: string
  /** Which of its records; all when absent. */
  readonly numbers?: readonly number[]
  readonly reason: string
}

/** One job a message, in the facility's lane. */
export function replayOf(
  facility: string,
  records: readonly { readonly message: string; readonly number: number }[],
  reason: string,
): NewJob[] {
  const byMessage = new Map<string, number[]>()
  for (const { message, number } of records) byMessage.set(message, [...(byMessage.get(message) ?? []), number])
  return [...byMessage].map(([message, numbers]) => {
    const payload: ReplayPayload = { message, numbers: numbers.toSorted((a, b) => a - b), reason }
    return { kind: 'replay', lane: facility, payload }
  })
}

export function replayAll(facility: string, message: string, reason: string): NewJob {
  const payload: ReplayPayload = { message, reason }
  return { kind: 'replay', lane: facility, payload, key: `replay ${message}` }
}
