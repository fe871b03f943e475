import { FhirError } from '../../../server/errors.ts'
import { parseJson, type Document } from '../../../server/fhir/json.ts'
import { FileStop, issue, type Issue } from '../../issues.ts'

/** A record with its numbers as sent: where JavaScript would change the digits (1.10, 20 digits) their text stands. */
export function parseRecord(text: string, line: number): { readonly value: object } | { readonly issue: Issue } {
  const parsed = parseDocument(text, line)
  if ('issue' in parsed) return parsed
  const { value, exact } = parsed
  for (const { holder, key, text: digits } of exact) (holder as Record<string | number, unknown>)[key] = digits
  return { value }
}

/** A record as a document that knows the exact digits; what is no object, or no JSON, is an issue at its physical line. */
export function parseDocument(text: string, line: number): Document<object> | { readonly issue: Issue } {
  try {
    const { value, exact } = parseJson(text)
    if (typeof value === 'object' && value !== null) return { value, exact }
    return { issue: refused(line, 'The record is no object.') }
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    if (error.message.includes('nested deeper')) throw new FileStop(issue('LIMIT_DEPTH', { line }))
    return { issue: refused(...place(error.message, line)) }
  }
}

function refused(line: number, detail: string): Issue {
  return issue('FILE_FORMAT', { line, level: 'error', detail })
}

/** parseJson counts lines from the record's first; people count from the file's. */
function place(message: string, line: number): [line: number, detail: string] {
  const at = /at line (\d+)/.exec(message)
  if (!at) return [line, `${message}.`]
  const physical = line + Number(at[1]) - 1
  return [physical, `${message.replace(at[0], `at line ${physical}`)}.`]
}
