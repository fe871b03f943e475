/**
 * htmlChecks(): narrative may hold the html elements and attributes listed at
 * https://hl7.org/fhir/R4/narrative.html#2.4.0 and must not be empty; scripts, forms, events and objects are refused.
 */
export function htmlIsSafe(html: string | undefined): boolean {
  if (html === undefined || !/^\s*<div[\s>]/.test(html)) return false
  const open: string[] = []
  const tags =
    /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<!--[^]*?-->|<|&(?![A-Za-z]\w*;|#\d+;|#x[0-9A-Fa-f]+;)/g
  for (const [whole, closing, name, attributes = '', empty] of html.matchAll(tags)) {
    if (whole.startsWith('<!--')) continue
    if (name === undefined || !elements.has(name)) return false
    if (closing) {
      if (open.pop() !== name) return false
    } else {
      if (!attributesAreSafe(attributes)) return false
      if (!empty) open.push(name)
    }
  }
  return open.length === 0 && hasContent(html)
}

function hasContent(html: string): boolean {
  return /<img[\s/>]/.test(html) || html.replaceAll(/<[^>]*>/g, '').trim() !== ''
}

function attributesAreSafe(attributes: string): boolean {
  for (const [, name = '', value = ''] of attributes.matchAll(/([\w:-]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
    if (!allowed.has(name) && !name.startsWith('xmlns') && !name.startsWith('data-')) return false
    if ((name === 'href' || name === 'src') && /^["']\s*(?:javascript|vbscript|data:text)/i.test(value)) return false
  }
  return true
}

const elements: ReadonlySet<string> = new Set(
  (
    'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ' +
    'li map area ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var kbd ins del bdo address s'
  ).split(' '),
)
const allowed: ReadonlySet<string> = new Set(
  (
    'abbr accesskey align alt axis background bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class ' +
    'colspan color compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules ' +
    'scope shape span src start style summary tabindex title type valign value vspace width xml:lang xml:space face size noshade'
  ).split(' '),
)
