import type { Dose } from '../../../canonical.ts'
import type { Segment } from '../../../read/hl7v2/message.ts'
import { decimalOf } from '../../../values/measures.ts'
import { readDose } from '../../../values/doses.ts'
import { codedOf } from './coded.ts'
import { partsOf } from './node.ts'

/** Where an order says how much (number, at most, unit) and what to tell the patient: encoded, dispensed, ordered, given (4A.4). */
const amounts: Readonly<Record<string, readonly [amount: number, most: number, unit: number, words: number]>> = {
  RXE: [3, 4, 5, 7],
  RXO: [2, 3, 4, 7],
  RXD: [12, 0, 0, 9],
  RXG: [5, 6, 7, 13],
  RXA: [6, 0, 7, 0],
}

/**
 * How a medicine is taken, out of the segments of its order: amount and words of the RXE (else RXO …), when of the TQ1
 * (else of the old TQ in RXE-1 or ORC-7), by which way of the RXR.
 */
export function doseOf(segments: readonly Segment[]): Dose | undefined {
  const find = (name: string) => segments.find((segment) => segment.name === name)
  const order = find('RXE') ?? find('RXO') ?? find('RXD') ?? find('RXG') ?? find('RXA')
  const [amountAt, mostAt, unitAt, wordsAt] = (order && amounts[order.name]) ?? [0, 0, 0, 0]
  const words = order && wordsAt > 0 ? instructions(order, wordsAt) : ''
  const timing = whenOf(find('TQ1'), find('RXE'), find('ORC'))
  const number = order && amountAt > 0 ? decimalOf(order.text(amountAt)) : undefined
  const most = order && mostAt > 0 ? decimalOf(order.text(mostAt)) : undefined
  const high = Number(most) > Number(number) ? most : undefined
  const unit = order && unitAt > 0 ? order.text(unitAt, 2) || order.text(unitAt) : ''
  const route = find('RXR')?.repetitions(1)[0]
  const text =
    words ||
    [number && `${[number, high].filter(Boolean).join('-')} ${unit}`.trim(), timing.words].filter(Boolean).join(' ')
  const routed = route && codedOf(partsOf(route), 'http://terminology.hl7.org/CodeSystem/v2-0162')
  if (text === '' && !routed) return undefined
  const { text: _, ...known } = { ...readDose(words), ...readDose(timing.words) }
  return {
    ...known,
    text: text || (routed?.text ?? ''),
    ...(number && { amount: { number, ...(high && { high }), ...(unit && { unit }) } }),
    ...(routed && { route: routed }),
    ...(timing.days && { days: timing.days }),
    ...(timing.asNeeded && { asNeeded: true }),
  }
}

function instructions(order: Segment, field: number): string {
  return order
    .repetitions(field)
    .map((one) => one.text(2) || one.text(1))
    .filter(Boolean)
    .join('\n')
}

/** Of TQ1, else of the TQ in RXE-1 or ORC-7 (2.3, 2.4). */
function whenOf(tq1: Segment | undefined, rxe: Segment | undefined, orc: Segment | undefined) {
  const pattern = tq1?.text(3) || rxe?.text(1, 2) || orc?.text(7, 2) || ''
  const duration = tq1?.repetitions(6)[0]
  const days = duration
    ? daysOf(duration.text(1), duration.text(2) || 'd')
    : oldDays(rxe?.text(1, 3) || orc?.text(7, 3) || '')
  const asNeeded = /\bPRN\b/i.test(pattern)
  const hours = (tq1?.repetitions(4) ?? []).map((one) => hourOf(one.text(1))).filter(Boolean)
  const words = [repeat(pattern), hours.length > 0 && `at ${hours.join(', ')}`, tq1?.text(10), tq1?.text(11)]
    .filter(Boolean)
    .join(', ')
  return { words, asNeeded, ...(days && { days }) }
}

/** TM: `0830`, `08:30:00`. */
function hourOf(time: string): string {
  const [, hour, minute] = /^(\d\d):?(\d\d)?/.exec(time) ?? []
  return hour ? `${hour}:${minute ?? '00'}` : ''
}

/** Table 0335 in words that doses know: `Q6H`, `BID`; `QHS` is at bedtime. */
function repeat(pattern: string): string {
  const every = /^Q(\d+)([HDW])$/i.exec(pattern)
  if (!every) return pattern
  const unit = { H: 'hours', D: 'days', W: 'weeks' }[(every[2] ?? 'H').toUpperCase()] ?? 'hours'
  return `every ${every[1]} ${unit}`
}

/** CQ: `3^D`; months and minutes are no days. */
function daysOf(number: string, unit: string): number | undefined {
  const length = { d: 1, day: 1, days: 1, w: 7, wk: 7, week: 7, weeks: 7 }[unit.toLowerCase()]
  const count = Number(number)
  return length && Number.isInteger(count) && count > 0 ? count * length : undefined
}

/** TQ.3 of old versions: `D7`, `W2` (2.A.81). */
function oldDays(duration: string): number | undefined {
  const parts = /^([DW])(\d{1,3})$/i.exec(duration)
  return parts ? daysOf(parts[2] ?? '', parts[1] ?? '') : undefined
}
