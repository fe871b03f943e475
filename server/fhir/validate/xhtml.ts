import { FORBIDDEN } from './characters.ts'

/**
 * The narrative's rules (https://hl7.org/fhir/R4/narrative.html, invariants txt-1 and txt-2): one well-formed <div>
 * of basic formatting elements, nothing active, something in it. Names the first fault, true when there is none.
 */
export function checkXhtml(div: string): true | string {
  const source = div.trim()
  if (!/^<div[\s>/]/.test(source)) return 'does not begin with <div'
  if (!NAMESPACE.test(source)) return 'has not the namespace of XHTML'
  if (FORBIDDEN.test(source)) return 'contains a control character or half of a surrogate pair'
  const open: string[] = []
  let content = false
  let at = 0
  for (const match of source.matchAll(TOKEN)) {
    if (match.index !== at) return 'is not well-formed'
    if (at > 0 && open.length === 0) return 'goes on after its </div>'
    at += match[0].length
    const { text, close, name, attributes = '', empty } = match.groups ?? {}
    if (text !== undefined) {
      if (!onlyEntities(text)) return 'has an & that begins no entity'
      content ||= text.trim() !== ''
    } else if (close !== undefined) {
      if (open.pop() !== close) return 'closes an element that is not open'
    } else if (name !== undefined) {
      const fault = checkElement(name, attributes)
      if (fault) return fault
      if (name === 'img') content = true
      if (empty === '') open.push(name)
    }
  }
  if (at !== source.length || open.length > 0) return 'is not well-formed: an element stays open'
  return content || 'has no content'
}

const TOKEN =
  /(?<text>[^<]+)|<!--(?:(?!--)[^])*-->|<\/(?<close>[\w:]+)\s*>|<(?<name>[\w:]+)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>/gy
const NAMESPACE = /^<div[^>]*\sxmlns\s*=\s*["']http:\/\/www\.w3\.org\/1999\/xhtml["']/
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/** HTML 4.0 chapters 7–11 (without 9.4) and 15, <a>, <img>. */
const ELEMENTS = new Set(
  `div p br h1 h2 h3 h4 h5 h6 span b i u s strike em strong small big tt sub sup code dfn samp kbd var cite abbr acronym
  q blockquote address pre bdo ul ol li dl dt dd dir menu table caption thead tbody tfoot tr td th col colgroup hr a img
  center font ins del`.split(/\s+/),
)

function checkElement(name: string, attributes: string): string | undefined {
  if (!ELEMENTS.has(name)) return 'has an element that a narrative may not have'
  const seen = new Set<string>()
  for (const [, attribute = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    const value = double ?? single ?? ''
    if (seen.has(attribute)) return 'has an attribute twice'
    seen.add(attribute)
    if (/^on/i.test(attribute)) return 'has an event attribute'
    if (/^(?:href|src|style|background)$/i.test(attribute) && /javascript:|expression\s*\(/i.test(value))
      return 'has a script'
    if (!onlyEntities(value)) return 'has an & that begins no entity'
    if (attribute === 'xmlns' && value !== 'http://www.w3.org/1999/xhtml') return 'has the wrong namespace'
  }
  return undefined
}

function onlyEntities(text: string): boolean {
  return !text.includes('&') || !/&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);)/.test(text)
}
