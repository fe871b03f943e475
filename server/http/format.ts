import { FhirError } from '../errors.ts'

const json = new Set(['json', 'application/json', 'application/fhir+json', 'application/json+fhir', 'text/json'])
const any = new Set(['*/*', 'application/*', 'text/*'])

/**
 * Refuses what this server cannot write: all but JSON (https://hl7.org/fhir/R4/http.html#mime-type).
 * `_format` overrules Accept. Binary answers in its own type, so any Accept is fine there (`free`).
 */
export function checkFormat(format: string | undefined, accept: string | undefined, free: boolean): void {
  if (format !== undefined && format !== '') {
    // a + that was not percent-encoded arrives as a space
    if (!json.has(bare(format).replaceAll(' ', '+'))) throw refuse('_format')
    return
  }
  if (free || accept === undefined || accept === 'application/fhir+json' || accept === '*/*') return
  const ranges = accept.split(',').filter((range) => range.trim() !== '' && !/;\s*q=0(\.0*)?\s*$/.test(range))
  const fits = (range: string) => (json.has(bare(range)) || any.has(bare(range))) && rightVersion(range)
  if (ranges.length > 0 && !ranges.some(fits)) throw refuse('Accept')
}

/** The media type of a request body without its parameters, which must not name another charset or FHIR version. */
export function mediaType(contentType: string): string {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s;"]+)/i.exec(contentType) ?? []
  if (!/^(utf-?8|us-ascii)$/i.test(charset))
    throw new FhirError('unsupported-media', [{ message: 'The body must be in UTF-8.', hint: 'Send charset=utf-8.' }])
  if (!rightVersion(contentType)) {
    throw new FhirError('unsupported-media', [
      { message: 'This is a FHIR R4 server.', hint: 'Send fhirVersion=4.0, or leave it out.' },
    ])
  }
  return bare(contentType)
}

export function isJson(type: string): boolean {
  return json.has(type) || type === 'application/json-patch+json'
}

function bare(type: string): string {
  const semicolon = type.indexOf(';')
  return (semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase()
}

/** https://hl7.org/fhir/R4/http.html#version-parameter */
function rightVersion(type: string): boolean {
  const [, version = '4.0'] = /;\s*fhirVersion="?([^\s;"]+)/i.exec(type) ?? []
  return version === '4.0' || version.startsWith('4.0.')
}

function refuse(where: string): FhirError {
  return new FhirError('not-acceptable', `${where} names no format this server writes: it answers in JSON, FHIR 4.0.`)
}
