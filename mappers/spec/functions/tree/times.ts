import type { XmlNode } from '../../../read/xml/node.ts'
import { child } from '../../../read/xml/node.ts'
import { dateOf, instantOf, isPossible, type Moment } from '../../../values/moments.ts'

const TS = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?(?:([+-])(\d\d):?(\d\d)?)?$/

/** An HL7 v3 timestamp (`20150622103000-0500`), as precise as it is; undefined when it is none. */
export function readTs(text: string): Moment | undefined {
  const found = TS.exec(text.trim())
  if (!found) return undefined
  const [, year = '', month, day, hour, minute, second, fraction, sign, hours, minutes = '00'] = found
  const moment: Moment = {
    year: Number(year),
    ...(month !== undefined && month !== '00' && { month: Number(month) }),
    ...(day !== undefined && day !== '00' && { day: Number(day) }),
    ...(hour !== undefined && { hour: Number(hour), minute: Number(minute ?? 0), second: Number(second ?? 0) }),
    ...(fraction !== undefined && { fraction }),
    ...(sign !== undefined && hour !== undefined && { offset: `${sign}${hours}:${minutes}` }),
  }
  return isPossible(moment) ? moment : undefined
}

/** The text of a time element: its own value, or that of its low, centre or high. */
export function tsIn(node: XmlNode, which?: string): string | undefined {
  const own = node.attributes.get('value')
  if (which !== undefined) return child(node, which)?.attributes.get('value') ?? (which === 'low' ? own : undefined)
  return (
    own ??
    ['low', 'center', 'high'].map((name) => child(node, name)?.attributes.get('value')).find((one) => one !== undefined)
  )
}

export function written(moment: Moment, kind: string, zone: string): unknown {
  if (kind === 'birth') return { date: dateOf(moment) }
  return kind === 'date' ? dateOf(moment) : instantOf(moment, zone)
}
