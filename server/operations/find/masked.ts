import type { ContactPoint, HumanName, Patient } from '@medplum/fhirtypes'

export const SUBSETTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
} as const

/** The last four digits, as they are read out at a counter. */
export function maskedPhone({ value = '', ...rest }: ContactPoint): ContactPoint {
  return { ...rest, value: value.replace(/\d(?=(?:\D*\d){4})/g, 'X') }
}

/**
 * Somebody whose record the counter does not see: enough to ask "is this you?" of who stands there and has told their number,
 * too little to learn a stranger's name.
 */
export function maskedPatient({ id, name, gender, birthDate, telecom }: Patient): Patient {
  const phones = (telecom ?? []).filter(({ system }) => system === 'phone' || system === 'sms')
  return {
    resourceType: 'Patient',
    ...(id !== undefined && { id }),
    meta: { tag: [SUBSETTED] },
    ...(name && { name: name.map(maskedName) }),
    ...(phones.length > 0 && { telecom: phones.map(maskedPhone) }),
    ...(gender && { gender }),
    ...(birthDate !== undefined && { birthDate: birthDate.slice(0, 4) }),
  }
}

function maskedName({ use, text, given, family }: HumanName): HumanName {
  return {
    ...(use && { use }),
    ...(text !== undefined && { text: maskedWords(text) }),
    ...(given && { given: given.map(maskedWords) }),
    ...(family !== undefined && { family: maskedWords(family) }),
  }
}

const letters = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** The first letter of each word, with its vowel signs where the script has them; nothing of how long the word is. */
function maskedWords(text: string): string {
  return text.replace(/\S+/gu, (word) => `${[...letters.segment(word)][0]?.segment ?? ''}***`)
}
