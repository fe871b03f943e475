import { FhirError } from '../errors.ts'

export interface Address {
  path: string[]
  query: (readonly [string, string])[]
  /** `_format` and `_pretty`: how the answer is written, taken out of the query (https://hl7.org/fhir/R4/http.html#parameters). */
  format?: string
  pretty: boolean
}

/** A request target below the base, `/Patient/1?_pretty=true`, decoded. */
export function readAddress(target: string): Address {
  const mark = target.indexOf('?')
  const place = mark < 0 ? target : target.slice(0, mark)
  const path: string[] = []
  for (const segment of place.split('/')) if (segment !== '') path.push(decode(segment))
  const address: Address = { path, query: [], pretty: false }
  if (mark >= 0) readParameters(target.slice(mark + 1), address)
  return address
}

/** `a=1&b=2`, of an address or of a form, into the address. */
export function readParameters(encoded: string, address: Address): void {
  for (const part of encoded.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode((equals < 0 ? part : part.slice(0, equals)).replaceAll('+', ' '))
    const value = equals < 0 ? '' : decode(part.slice(equals + 1).replaceAll('+', ' '))
    if (name === '_format') address.format = value
    else if (name === '_pretty') address.pretty = value === 'true'
    else address.query.push([name, value])
  }
}

function decode(encoded: string): string {
  if (!/[^\w.$-]/.test(encoded)) return encoded
  let decoded: string
  try {
    decoded = decodeURIComponent(encoded)
  } catch {
    throw new FhirError('invalid', [
      {
        message: 'The address has a % that is not followed by the hex digits of UTF-8.',
        hint: 'Percent-encode it, a percent sign itself as %25.',
      },
    ])
  }
  if (decoded.includes('\0'))
    throw new FhirError('invalid', 'The address holds the character U+0000, which no FHIR value may.')
  return decoded
}
