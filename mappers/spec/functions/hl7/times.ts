import { dateOf, instantOf, isPossible, type Moment } from '../../../values/moments.ts'
import type { Cell } from '../../function.ts'

/** `2026[11[22[09[30[05[.123]]]]]][+0530]` (2.A.22), and the punctuated form some senders write instead. */
const form = /^(\d{4})-?(\d\d)?-?(\d\d)?[T ]?(?:(\d\d):?(\d\d)?:?(\d\d)?(?:\.(\d+))?)?\s*([+-]\d\d:?\d\d|Z)?$/

/** Undefined with a report when it is no time; undefined without one when it is blank (`00000000` is). */
export function momentOf(text: string, cell: Pick<Cell, 'report'>): Moment | undefined {
  if (text === '' || /^0+$/.test(text)) return undefined
  const parts = form.exec(text)
  if (!parts) {
    cell.report('DATE_FORMAT', { value: text, detail: 'HL7 writes YYYYMMDDHHMM.' })
    return undefined
  }
  const [, year, month, day, hour, minute, second, fraction, offset] = parts
  const moment: Moment = {
    year: Number(year),
    ...(month && { month: Number(month) }),
    ...(day && { day: Number(day) }),
    ...(hour && { hour: Number(hour), minute: Number(minute ?? 0), second: Number(second ?? 0) }),
    ...(fraction && { fraction: fraction.slice(0, 9) }),
    ...(offset && { offset: offset === 'Z' ? 'Z' : offset.replace(/^(...):?/, '$1:') }),
  }
  if (isPossible(moment)) return moment
  cell.report('DATE_IMPOSSIBLE', { value: text })
  return undefined
}

export function instantText(text: string, zone: string, cell: Pick<Cell, 'report'>): string | undefined {
  const moment = momentOf(text, cell)
  return moment && instantOf(moment, zone)
}

export function dateText(text: string, cell: Pick<Cell, 'report'>): string | undefined {
  const moment = momentOf(text, cell)
  return moment && dateOf(moment)
}
