import type { Coded, Measure } from '../../../canonical.ts'
import { narrativeOf } from '../../../read/ccda/narrative.ts'
import { child, elements, textOf, type XmlNode } from '../../../read/xml/node.ts'
import { ucumOf } from '../../../values/units.ts'
import { codeSystem } from './oids.ts'
import { readTs, written } from './times.ts'

/** CD, CE, CV: the code, its translations, and the words it was told in. */
export function codedOf(node: XmlNode): Coded | undefined {
  const codings = [node, ...elements(node, 'translation')].flatMap((one) => {
    const code = one.attributes.get('code')?.trim() ?? ''
    if (code === '') return []
    const system = codeSystem(one.attributes.get('codeSystem') ?? '')
    const display = one.attributes.get('displayName')?.trim() ?? ''
    return [{ ...(system !== undefined && { system }), code, ...(display !== '' && { display }) }]
  })
  const original = child(node, 'originalText')
  const text =
    (original ? narrativeOf(original) : '') ||
    (node.attributes.get('displayName')?.trim() ?? '') ||
    (codings[0]?.display ?? '')
  if (codings.length === 0 && text === '') return undefined
  return { codings, ...(text !== '' && { text }) }
}

/** What was found out: `value` of any type. */
export function valueOf(node: XmlNode, zone: string): Measure | undefined {
  const type = local(node.attributes.get('type') ?? '')
  const value = node.attributes.get('value')?.trim()
  const [low, high] = [child(node, 'low'), child(node, 'high')]
  if (type === 'PQ' || (type === '' && value !== undefined)) return quantity(node)
  if (type.startsWith('IVL') && (low ?? high)) return interval(low, high)
  if (type === 'INT' || type === 'REAL')
    return value !== undefined && NUMBER.test(value) ? { number: value } : text(value)
  if (type === 'BL') return text(value)
  if (type === 'TS') {
    const moment = readTs(value ?? '')
    return moment && { date: written(moment, 'instant', zone) as string }
  }
  if (type === 'RTO' || type.startsWith('RTO_')) return ratio(node)
  if (node.attributes.has('code') || child(node, 'originalText') || child(node, 'translation')) {
    const coded = codedOf(node)
    return coded && { coded }
  }
  return text(narrativeOf(node) || value)
}

const NUMBER = /^[-+]?\d+(?:\.\d+)?$/

function quantity(node: XmlNode): Measure | undefined {
  const value = node.attributes.get('value')?.trim()
  if (value === undefined || value === '') return text(textOf(node))
  const unit = unitOf(node)
  return NUMBER.test(value) ? { number: value.replace(/^\+/, ''), ...unit } : text(value)
}

function unitOf(node: XmlNode): Pick<Measure, 'unit' | 'ucum'> {
  const unit = node.attributes.get('unit')?.trim() ?? ''
  if (unit === '' || unit === '1') return {}
  const ucum = ucumOf(unit)
  return { unit, ...(ucum !== undefined && { ucum }) }
}

/** One side only is a comparison. */
function interval(low: XmlNode | undefined, high: XmlNode | undefined): Measure | undefined {
  const [from, to] = [low, high].map((one) => one?.attributes.get('value')?.trim())
  const unit = unitOf(low?.attributes.has('unit') ? low : (high ?? low ?? NOTHING))
  const open = (one: XmlNode | undefined): boolean => one?.attributes.get('inclusive') === 'false'
  if (from !== undefined && to !== undefined) return { low: from, high: to, ...unit }
  if (from !== undefined) return { number: from, comparator: open(low) ? '>' : '>=', ...unit }
  return to === undefined ? undefined : { number: to, comparator: open(high) ? '<' : '<=', ...unit }
}

function ratio(node: XmlNode): Measure | undefined {
  const side = (name: string): string => {
    const one = child(node, name)
    return [one?.attributes.get('value'), one?.attributes.get('unit')]
      .filter((part) => part !== undefined && part !== '1')
      .join(' ')
  }
  return text(`${side('numerator')}:${side('denominator')}`)
}

/** `13.0 - 18.0 g/dL`, as a laboratory prints it. */
export function rangeOf(node: XmlNode): string | undefined {
  const range = node.name === 'observationRange' ? node : (child(node, 'observationRange') ?? node)
  const value = child(range, 'value')
  const [low, high] = [child(value, 'low'), child(value, 'high')]
  const [from, to] = [low, high].map((one) => one?.attributes.get('value')?.trim())
  const unit = (low?.attributes.get('unit') ?? high?.attributes.get('unit') ?? '').replace(/^1$/, '')
  const shown =
    from !== undefined && to !== undefined
      ? `${from} - ${to}`
      : from !== undefined
        ? `>= ${from}`
        : to !== undefined
          ? `<= ${to}`
          : ''
  if (shown !== '') return `${shown} ${unit}`.trim()
  const words = child(range, 'text')
  return (words ? narrativeOf(words) : value ? textOf(value) : '') || undefined
}

function text(words: string | undefined): Measure | undefined {
  return words === undefined || words === '' ? undefined : { text: words }
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

const NOTHING: XmlNode = { name: '', attributes: new Map(), children: [], toString: () => '' }
