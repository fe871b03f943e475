import type { CodeableConcept, Coding, Parameters, ParametersParameter, Resource } from '@medplum/fhirtypes'
import { FhirError, type Issue } from '../../errors.ts'
import { parsedBody } from '../../interactions/document.ts'
import type { House } from '../../interactions/house.ts'
import type { FhirRequest } from '../../interactions/request.ts'

/**
 * The in parameters of an operation, from the query of a GET, the Parameters of a POST, or both
 * (https://hl7.org/fhir/R4/operations.html#request). Every parameter is named by the operation; another one is refused.
 */
export class Input {
  readonly #parameters: readonly ParametersParameter[]

  constructor(parameters: readonly ParametersParameter[]) {
    this.#parameters = parameters
  }

  string(name: string): string | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (typeof value === 'string' && value !== '') return value
    throw refuse(name, 'must be a text')
  }

  strings(name: string): string[] {
    return this.#all(name).flatMap((parameter) => {
      const value = valueOf(parameter)
      return typeof value === 'string' && value !== '' ? [value] : []
    })
  }

  boolean(name: string): boolean | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    throw refuse(name, 'must be true or false')
  }

  /** A whole number from 0 on. */
  count(name: string): number | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < 1e9) return number
    throw refuse(name, 'must be a whole number, 0 or more')
  }

  /** Of a GET: `system|code`, as search writes a token. */
  coding(name: string): Coding | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (typeof value === 'object' && value !== null) return value
    if (typeof value !== 'string') throw refuse(name, 'must be a Coding')
    const at = value.indexOf('|')
    return at < 0 ? { code: value } : { ...(at > 0 && { system: value.slice(0, at) }), code: value.slice(at + 1) }
  }

  codeableConcept(name: string): CodeableConcept | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (typeof value === 'object' && value !== null) return value
    throw refuse(name, 'must be a CodeableConcept, so send it by POST')
  }

  resource<T extends Resource>(name: string, type: T['resourceType']): T | undefined {
    const [parameter] = this.#all(name)
    if (!parameter) return undefined
    if (parameter.resource?.resourceType === type) return parameter.resource as T
    throw refuse(name, `must be a ${type} resource, so send it by POST`)
  }

  /** `Type/id` of References, or of texts that say the same. */
  references(name: string): string[] {
    return this.#all(name).map((parameter) => {
      const value = valueOf(parameter)
      const text = typeof value === 'object' && value !== null ? (value as { reference?: unknown }).reference : value
      if (typeof text === 'string' && text !== '') return text
      throw refuse(name, 'must be a Reference with a reference')
    })
  }

  groups(name: string): ParametersParameter[][] {
    return this.#all(name).map(({ part = [] }) => part)
  }

  #all(name: string): ParametersParameter[] {
    return this.#parameters.filter((parameter) => parameter.name === name)
  }

  #value(name: string): unknown {
    const [first, second] = this.#all(name)
    if (second) throw refuse(name, 'stands twice')
    return first && valueOf(first)
  }
}

/** `names`: every parameter of the operation; `whole`: the one that a resource sent by itself stands for. */
export function readInput(
  { validator }: Pick<House, 'validator'>,
  request: FhirRequest,
  names: readonly string[],
  whole?: { name: string; type: string },
): Input {
  const parameters: ParametersParameter[] = request.query
    .filter(([name]) => !name.startsWith('_'))
    .map(([name, value]) => ({ name, valueString: value }))
  if (request.method === 'POST' && request.body) parameters.push(...sent(validator, request, whole))
  const strange = parameters.find(({ name }) => !names.includes(name ?? ''))
  if (strange) {
    throw new FhirError('invalid', [
      {
        code: 'not-supported',
        message: 'The operation has no such parameter, or it is not supported here',
        path: strange.name ?? 'parameter',
        hint: `Supported are ${names.join(', ')}.`,
      },
    ])
  }
  return new Input(parameters)
}

function sent(
  validator: House['validator'],
  request: FhirRequest,
  whole?: { name: string; type: string },
): ParametersParameter[] {
  const value = parsedBody(request).value as Resource | null
  const faults = validator.validate(value).filter(matters)
  if (faults.length > 0) throw new FhirError('unprocessable', faults)
  if (whole && value?.resourceType === whole.type) return [{ name: whole.name, resource: value }]
  const list = (value as Parameters | null)?.parameter
  if (value?.resourceType === 'Parameters' && (list === undefined || isList(list))) return list ?? []
  throw new FhirError('invalid', [
    { message: 'The body of an operation must be a Parameters resource', path: 'resourceType' },
  ])
}

/** Of a resource that is sent along only what is used of it: clients leave out status and the like. */
function matters({ severity = 'error', path = '' }: Issue): boolean {
  const inResource = /^Parameters\.parameter\[\d+\]\.resource|^ValueSet/.test(path)
  return severity === 'error' && (!inResource || /\.(compose|expansion)\b/.test(path))
}

function isList(list: unknown): list is ParametersParameter[] {
  return Array.isArray(list) && list.every((one: unknown) => typeof one === 'object' && one !== null)
}

function valueOf(parameter: ParametersParameter): unknown {
  const entry = Object.entries(parameter).find(([key]) => key.startsWith('value'))
  return entry?.[1]
}

function refuse(name: string, what: string): FhirError {
  return new FhirError('invalid', [{ message: `The parameter ${name} ${what}`, path: name }])
}

/** The instance, else the url, else the resource sent: exactly one of them says what is asked about. */
export function missing(names: readonly string[]): FhirError {
  return new FhirError('invalid', [
    {
      code: 'required',
      message: `One of the parameters ${names.join(', ')} is required`,
      path: names[0] ?? 'parameter',
    },
  ])
}
