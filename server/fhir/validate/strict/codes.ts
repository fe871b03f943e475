import type { CodeSystem } from '@medplum/fhirtypes'
import { hierarchyOf } from '../../definitions/expansion.ts'
import { doubt, fault, textOf, type Json, type Place, type Strict } from './context.ts'
import { checkDigitFaults, LANGUAGE } from './marks.ts'
import { faultOfUnit } from '../../ucum.ts'

const UCUM = 'http://unitsofmeasure.org'

/** Systems that grow between releases: a code that R4's copy lacks may be newer than it. */
const GROWING =
  /^http:\/\/terminology\.hl7\.org\/CodeSystem\/(?:v2-\d{4}|v3-(?:ActCode|ActReason|RoleCode|ParticipationType|ObservationValue|ActClass|ActStatus|Confidentiality|ObservationInterpretation|EntityCode|Race|TribalEntityUS|Ethnicity|.*Method))$/

/** A Coding says what it says by its system: an absolute url that stands for a code system, which has the code. */
export function codingFaults(strict: Strict, coding: Json, place: Place): void {
  const system = textOf(coding['system'])
  const code = textOf(coding['code'])
  if (system === undefined) {
    if (code !== undefined)
      doubt(strict, place, 'incomplete', 'A code without a system means nothing.', 'Add the system.')
    return
  }
  if (!systemStands(strict, system, [...place, 'system']) || code === undefined) return
  if (system === UCUM) return unitFaults(strict, code, [...place, 'code'])
  if (system === 'urn:ietf:bcp:47' && !LANGUAGE.test(code)) {
    const message = 'This is no language tag of BCP 47.'
    return fault(strict, [...place, 'code'], 'code-invalid', message, 'Write a tag such as hi, hi-IN or en-IN.')
  }
  checkDigitFaults(strict, system, code, place)
  const found = strict.codeSystem(system)
  if (found) codeFaults(strict, found, code, textOf(coding['display']), place)
}

function systemStands(strict: Strict, system: string, place: Place): boolean {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(system)) {
    if (!system.startsWith('#'))
      fault(strict, place, 'value', 'The system of a code must be absolute.', 'Write the whole url of the code system.')
    return false
  }
  if (/^https?:\/\/build\.fhir\.org\//.test(system) || /^https?:\/\/(?:www\.)?hl7\.org\/.*\.html$/.test(system)) {
    fault(
      strict,
      place,
      'value',
      'This is the address of a page, not the url of a code system.',
      'Write the url that the page names.',
    )
    return false
  }
  if (strict.definitions.valueSet(system) && !strict.codeSystem(system)) {
    fault(
      strict,
      place,
      'value',
      'This is the url of a value set, not of a code system.',
      'Write the url of the system that the code is from.',
    )
    return false
  }
  return true
}

function codeFaults(strict: Strict, system: CodeSystem, code: string, display: string | undefined, place: Place): void {
  if (system.content !== 'complete') return
  const { concepts } = hierarchyOf(system)
  const concept =
    concepts.get(code) ??
    (system.caseSensitive === false
      ? [...concepts.values()].find((one) => one.code?.toLowerCase() === code.toLowerCase())
      : undefined)
  if (!concept) {
    const tell = GROWING.test(system.url ?? '') ? doubt : fault
    return tell(
      strict,
      [...place, 'code'],
      'code-invalid',
      'This code is not in its code system.',
      `Use a code of ${system.url}.`,
    )
  }
  const names = [concept.display, ...(concept.designation ?? []).map(({ value }) => value)]
  if (display !== undefined && concept.display !== undefined && !names.some((name) => same(name, display))) {
    doubt(
      strict,
      [...place, 'display'],
      'value',
      'This is not how the code system displays the code.',
      `Write ${concept.display}.`,
    )
  }
}

function same(a: string | undefined, b: string): boolean {
  const plain = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase()
  return a !== undefined && plain(a) === plain(b)
}

/** https://hl7.org/fhir/R4/datatypes.html#quantity */
export function quantityFaults(strict: Strict, quantity: Json, place: Place): void {
  const system = textOf(quantity['system'])
  const code = textOf(quantity['code'])
  if (system !== undefined && !systemStands(strict, system, [...place, 'system'])) return
  if (system === UCUM && code !== undefined) unitFaults(strict, code, [...place, 'code'])
}

function unitFaults(strict: Strict, code: string, place: Place): void {
  const wrong = faultOfUnit(code)
  if (wrong === undefined) return
  const [, proposal = 'Write it as ucum.org/ucum says, as in mg/dL or mm[Hg].'] = wrong.split('; ')
  fault(strict, place, 'code-invalid', 'This is no UCUM unit.', proposal.replace(/^p/, 'P'))
}
