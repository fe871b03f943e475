import type { CodeSystemConceptDesignation } from '@medplum/fhirtypes'

/** Display of a concept for a reader: designations carry other languages (https://hl7.org/fhir/R4/codesystem.html#designations). */
export function displayIn(
  language: string | undefined,
  display: string | undefined,
  own: string | undefined,
  designations: readonly CodeSystemConceptDesignation[],
): string | undefined {
  for (const wanted of languagesOf(language)) {
    if (own && speaks(own, wanted) && display) return display
    const found = designations.filter((one) => one.value && speaks(one.language ?? '', wanted)).toSorted(preferred)[0]
    if (found?.value) return found.value
  }
  return display
}

/** The tags of a displayLanguage, or of an Accept-Language header, in order. */
function languagesOf(given: string | undefined): string[] {
  return (given ?? '')
    .split(',')
    .map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '')
    .filter(Boolean)
}

/** `hi-IN` speaks `hi`, and `hi` will do for `hi-IN`. */
function speaks(tag: string, wanted: string): boolean {
  const [has, wants] = [tag.toLowerCase(), wanted]
  return has === wants || has.startsWith(`${wants}-`) || (has !== '' && wants.startsWith(`${has}-`))
}

/** Displays before synonyms, these before full names and definitions. */
function preferred(a: CodeSystemConceptDesignation, b: CodeSystemConceptDesignation): number {
  return rank(a) - rank(b)
}

function rank({ use }: CodeSystemConceptDesignation): number {
  if (use?.code === 'preferred' || use?.code === 'display' || use?.code === '900000000000548007') return 0
  if (!use) return 1
  return use.code === '900000000000003001' || use.code === 'definition' ? 3 : 2
}

/** Designations a caller asked for by tokens (`urn:ietf:bcp:47|hi`, `http://snomed.info/sct|900000000000013009`). */
export function chosenDesignations<T extends CodeSystemConceptDesignation>(
  designations: readonly T[],
  tokens: readonly string[],
): readonly T[] {
  if (tokens.length === 0) return designations
  return designations.filter(({ language, use }) =>
    tokens.some((token) => {
      const [system, code] = token.includes('|') ? token.split('|') : ['', token]
      if (system === 'urn:ietf:bcp:47' || (system === '' && language)) {
        const wanted = code?.toLowerCase() ?? ''
        if (language?.toLowerCase() === wanted || language?.toLowerCase().startsWith(`${wanted}-`)) return true
      }
      return use?.code === code && (system === '' || use?.system === system)
    }),
  )
}
