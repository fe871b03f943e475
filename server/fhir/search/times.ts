import { isRecord } from '../path/node.ts'
import { rangeOf } from './dates.ts'
import { MAX_TIME } from './entries.ts'
import type { Parameter } from './parameter.ts'
import type { Emit, Sink } from './sink.ts'

/** https://hl7.org/fhir/R4/search.html#date */
export const dateEmits: Readonly<Record<string, Emit>> = {
  date: moment,
  dateTime: moment,
  instant: moment,
  Period: period,
  Timing: timing,
}

function moment(value: unknown, parameter: Parameter, sink: Sink): void {
  const range = typeof value === 'string' ? rangeOf(value) : undefined
  if (range) sink.date(parameter, range.low, range.high)
}

/** A missing end is open: earlier or later than anything. */
function period(value: unknown, parameter: Parameter, sink: Sink): void {
  const range = isRecord(value) ? spanOf(value) : undefined
  if (range) sink.date(parameter, range.low, range.high)
}

function spanOf({ start, end }: Record<string, unknown>): { low: number; high: number } | undefined {
  const from = typeof start === 'string' ? rangeOf(start) : undefined
  const to = typeof end === 'string' ? rangeOf(end) : undefined
  return from || to ? { low: from?.low ?? -MAX_TIME, high: to?.high ?? MAX_TIME } : undefined
}

/** Only the outer limits of a Timing matter: its first and last event, and the bounds of its repetition. */
function timing(value: unknown, parameter: Parameter, sink: Sink): void {
  if (!isRecord(value)) return
  let low = Infinity
  let high = -Infinity
  const widen = (range: { low: number; high: number } | undefined): void => {
    if (!range) return
    low = Math.min(low, range.low)
    high = Math.max(high, range.high)
  }
  if (Array.isArray(value['event'])) {
    for (const event of value['event'] as unknown[]) if (typeof event === 'string') widen(rangeOf(event))
  }
  const repeat = value['repeat']
  if (isRecord(repeat) && isRecord(repeat['boundsPeriod'])) widen(spanOf(repeat['boundsPeriod']))
  if (low <= high) sink.date(parameter, low, high)
}
