import { doubt, fault, textOf, type Strict } from './context.ts'
import { ENTITIES } from './entities.ts'
import type { Visit } from './walk.ts'

/** HTML 4.0, the chapters that a narrative may use: attributes of its elements. */
const ATTRIBUTES: ReadonlySet<string> = new Set(
  `xmlns xmlns:xlink xml:lang xml:space lang dir title style class id accesskey tabindex name href rel rev hreflang type charset target shape coords src alt
  longdesc height width usemap ismap align valign char charoff border cellspacing cellpadding rules frame summary span
  scope headers axis abbr rowspan colspan nowrap bgcolor cite datetime start value compact clear size noshade color face
  hspace vspace download loading role data-fhir aria-label aria-hidden`.split(/\s+/),
)

const TAG = /<(\/?)([\w:]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/** What the narrative's grammar does not say (https://hl7.org/fhir/R4/narrative.html): attributes, paragraphs, links, ids, language. */
export function narrativeFaults(strict: Strict, { place, resource }: Visit, div: string): void {
  const ids = new Set<string>()
  const links = new Set<string>()
  const open: string[] = []
  for (const [, name = ''] of div.matchAll(/&([A-Za-z][A-Za-z0-9]*);/g)) {
    if (!ENTITIES.has(name))
      fault(strict, place, 'invalid', 'The narrative names a character that HTML 4.0 does not.', 'Write its number.')
  }
  let languages: { lang?: string; xml?: string } | undefined
  for (const [, close, name = '', attributes = '', empty] of div.matchAll(TAG)) {
    if (close === '/') {
      open.pop()
      continue
    }
    if (open.includes('p') && BLOCKS.has(name)) {
      const tell = name === 'p' ? fault : doubt
      tell(
        strict,
        place,
        'invalid',
        'The narrative has a block, such as p or div, within a paragraph.',
        'End the paragraph before it.',
      )
    }
    const found = new Map([...attributes.matchAll(ATTRIBUTE)].map(([, key = '', a, b]) => [key, a ?? b ?? '']))
    for (const [key, value] of found) {
      if (!ATTRIBUTES.has(key.toLowerCase()) && !key.startsWith('data-')) {
        fault(
          strict,
          place,
          'invalid',
          'The narrative has an attribute that HTML 4.0 does not give its elements.',
          'Leave it out.',
        )
      }
      if (key === 'id') {
        if (ids.has(value))
          doubt(strict, place, 'duplicate', 'The narrative has an id twice.', 'Give each element an id of its own.')
        ids.add(value)
      }
      if (key === 'name' && name === 'a') ids.add(value)
      if (key === 'href' && value.startsWith('#') && value.length > 1) links.add(value.slice(1))
    }
    languages ??= {
      ...(found.has('lang') && { lang: found.get('lang') ?? '' }),
      ...(found.has('xml:lang') && { xml: found.get('xml:lang') ?? '' }),
    }
    if (empty !== '/') open.push(name)
  }
  const contained = new Set(
    (Array.isArray(resource['contained']) ? resource['contained'] : []).map((one: unknown) =>
      textOf((one as { id?: unknown } | null)?.id),
    ),
  )
  for (const link of links) {
    if (!ids.has(link) && !contained.has(link))
      doubt(strict, place, 'not-found', 'The narrative has a link to an id that is not there.', 'Correct the href.')
  }
  languageDoubts(strict, place, textOf(resource['language']), languages)
}

const BLOCKS: ReadonlySet<string> = new Set(
  'p div h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote hr address'.split(' '),
)

function languageDoubts(
  strict: Strict,
  place: Visit['place'],
  language: string | undefined,
  given: { lang?: string; xml?: string } | undefined,
): void {
  if (language === undefined || !given) return
  if (given.lang === undefined || given.xml === undefined) {
    doubt(
      strict,
      place,
      'incomplete',
      'The resource has a language; the div of its narrative should have lang and xml:lang.',
      'Add both.',
    )
  } else if (given.lang !== language || given.xml !== language) {
    doubt(strict, place, 'value', 'The narrative is in another language than the resource.', 'Make them agree.')
  }
}
