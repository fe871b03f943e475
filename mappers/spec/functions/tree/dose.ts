import type { Dose } from '../../../canonical.ts'
import { narrativeOf } from '../../../read/ccda/narrative.ts'
import { child, elements, type XmlNode } from '../../../read/xml/node.ts'
import { codedOf } from './codes.ts'

/** A substanceAdministration's dose: how often (PIVL, EIVL), how much, by which route. */
export function doseOf(node: XmlNode): Dose | undefined {
  const times = elements(node, 'effectiveTime').filter(
    (one) => /PIVL|EIVL/.test(one.attributes.get('type') ?? '') || child(one, 'period') || child(one, 'event'),
  )
  const dose = {
    ...rhythm(times),
    ...amountOf(child(node, 'doseQuantity')),
    ...optional('route', routeOf(node)),
    ...optional('asNeeded', elements(node, 'precondition').length > 0 || undefined),
  }
  const said = wordsOf(node)
  const text = said ?? shown(dose)
  return text === '' ? undefined : { text, ...dose }
}

type Rhythm = Pick<Dose, 'every' | 'timesPerDay' | 'timing' | 'when'>
const HOURS: Readonly<Record<string, number>> = { min: 1 / 60, h: 1, d: 24, wk: 168, mo: 720 }

function rhythm(times: readonly XmlNode[]): Rhythm {
  const events = times.flatMap((one) => child(one, 'event')?.attributes.get('code')?.trim() ?? [])
  const when = events.filter((code) => EVENTS.has(code))
  for (const one of times) {
    const period = child(one, 'period')
    if (!period) continue
    const low = child(period, 'low')
    const given = period.attributes.has('value') ? period : low
    const value = Number(given?.attributes.get('value'))
    const unit = given?.attributes.get('unit')?.trim() ?? 'h'
    const hours = value * (HOURS[unit] ?? Number.NaN)
    if (!(hours > 0)) continue
    const perDay = 24 / hours
    const times24 = Number.isInteger(perDay) && perDay <= 24
    const institution = one.attributes.get('institutionSpecified') === 'true'
    if (times24 && (institution || perDay === 1))
      return { timesPerDay: perDay, ...optional('when', when.length > 0 ? when : undefined) }
    const unitKept = unit === 'min' ? 'h' : (unit as 'h' | 'd' | 'wk' | 'mo')
    const number = unit === 'min' ? hours : value
    return { every: { number, unit: unitKept }, ...optional('when', when.length > 0 ? when : undefined) }
  }
  return when.length > 0 ? { when, timing: when[0] as string } : {}
}

/** http://hl7.org/fhir/R4/valueset-event-timing.html, those of v3 TimingEvent. */
const EVENTS = new Set(['HS', 'WAKE', 'C', 'CM', 'CD', 'CV', 'AC', 'ACM', 'ACD', 'ACV', 'PC', 'PCM', 'PCD', 'PCV'])

function amountOf(quantity: XmlNode | undefined): Pick<Dose, 'amount'> {
  const from = quantity?.attributes.has('value') ? quantity : (child(quantity, 'low') ?? child(quantity, 'center'))
  const number = from?.attributes.get('value')?.trim()
  if (number === undefined || !/^\d+(?:\.\d+)?$/.test(number)) return {}
  const unit = from?.attributes.get('unit')?.trim()
  return { amount: { number, ...(unit !== undefined && unit !== '' && unit !== '1' && { unit }) } }
}

function routeOf(node: XmlNode) {
  const route = child(node, 'routeCode')
  return route && codedOf(route)
}

function wordsOf(node: XmlNode): string | undefined {
  const instruction = elements(node, 'entryRelationship')
    .flatMap((one) => elements(one))
    .find((one) => SIG.some((root) => elements(one, 'templateId').some((id) => id.attributes.get('root') === root)))
  const text = child(instruction, 'text') ?? child(node, 'text')
  return (text && narrativeOf(text)) || undefined
}

/** Medication free-text sig, instructions. */
const SIG = ['2.16.840.1.113883.10.20.22.4.147', '2.16.840.1.113883.10.20.22.4.20']

function shown({ amount, every, timesPerDay, when, route, asNeeded }: Omit<Dose, 'text'>): string {
  return [
    amount && [amount.number, amount.unit].filter(Boolean).join(' '),
    every && `every ${every.number} ${every.unit}`,
    timesPerDay !== undefined && `${timesPerDay} × daily`,
    when?.join(' '),
    route?.text,
    asNeeded && 'as needed',
  ]
    .filter(Boolean)
    .join(', ')
}

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V })
}
