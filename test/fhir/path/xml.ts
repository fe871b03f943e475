import r4 from 'fhirpath/fhir-context/r4'
import { memberOf, type Type, typeNamed } from '../../../server/fhir/path/model.ts'
import { typeOfKey } from '../../../server/fhir/path/navigate.ts'

/** Just enough XML for the official suite: its cases, and its inputs as FHIR JSON. */
export interface Xml {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Xml[]
  text: string
  /** Where its source begins and ends: xhtml is kept as written. */
  readonly from: number
  to: number
}

export function parseXml(source: string): Xml {
  const root: Xml = { name: '', attributes: {}, children: [], text: '', from: 0, to: source.length }
  const open = [root]
  const pattern =
    /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<\/([\w:-]+)\s*>|<([\w:-]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g
  for (const match of source.matchAll(pattern)) {
    const [whole, cdata, closing, name, attributes = '', empty, text] = match
    const top = open.at(-1) as Xml
    if (cdata !== undefined) top.text += cdata
    else if (text !== undefined) top.text += unescape(text)
    else if (closing !== undefined) (open.pop() as Xml).to = match.index + whole.length
    else if (name !== undefined) {
      const element: Xml = {
        name,
        attributes: attributesOf(attributes),
        children: [],
        text: '',
        from: match.index,
        to: match.index + whole.length,
      }
      top.children.push(element)
      if (!empty) open.push(element)
    }
  }
  return root.children[0] as Xml
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name = '', double, single = ''] of text.matchAll(/([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes[name] = unescape(double ?? single)
  }
  return attributes
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescape(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name = '') => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return decimal !== undefined ? String.fromCodePoint(Number(decimal)) : (entities[name as string] ?? whole)
  })
}

/** A resource in FHIR XML → FHIR JSON (https://hl7.org/fhir/R4/json.html). */
export function resourceOf(source: string): unknown {
  return resource(parseXml(source), source)
}

function resource(xml: Xml, source: string): Record<string, unknown> {
  return { resourceType: xml.name, ...members(xml, typeNamed(xml.name), source) }
}

function members(xml: Xml, type: Type, source: string): Record<string, unknown> {
  const output: Record<string, unknown> = {}
  for (const name of ['id', 'url']) if (xml.attributes[name] !== undefined) output[name] = xml.attributes[name]
  for (const child of xml.children) {
    const childType = typeOfKey(type, child.name)
    if (!childType) throw new Error(`${type.name} has no ${child.name}`)
    const [value, extra] = childType.primitive
      ? primitive(child, childType, source)
      : [complex(child, childType, source)]
    put(output, child.name, value, repeats(type, child.name))
    if (extra) put(output, `_${child.name}`, extra, repeats(type, child.name))
  }
  return output
}

function put(output: Record<string, unknown>, key: string, value: unknown, array: boolean): void {
  if (!array) output[key] = value
  else if (Array.isArray(output[key])) output[key].push(value)
  else output[key] = [value]
}

function complex(xml: Xml, type: Type, source: string): unknown {
  return type.name === 'Resource' ? resource(xml.children[0] as Xml, source) : members(xml, type, source)
}

function primitive(xml: Xml, type: Type, source: string): [unknown, unknown?] {
  if (xml.name === 'div') return [source.slice(xml.from, xml.to)]
  const { value, id } = xml.attributes
  const extra = xml.children.length > 0 || id !== undefined ? members(xml, typeNamed('Element'), source) : undefined
  if (value === undefined) return [undefined, extra]
  if (type.name === 'boolean') return [value === 'true', extra]
  const numeric = ['decimal', 'integer', 'positiveInt', 'unsignedInt'].includes(type.name)
  return [numeric ? Number(value) : value, extra]
}

function repeats(type: Type, name: string): boolean {
  for (let at: Type | undefined = type; at; at = at.parent) {
    const path = `${at.name}.${name}`
    if (r4.path2Repeating?.[path] || r4.pathsDefinedElsewhere[path]) return true
    if (memberOf(at, name) && at.parent && !memberOf(at.parent, name)) return false
  }
  return false
}
