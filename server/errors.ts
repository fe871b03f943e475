import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes'

/**
 * The only refusal (design: concept 4). Each row: the HTTP status, the FHIR issue type
 * (https://hl7.org/fhir/R4/valueset-issue-type.html) and a hint that says how to mend it.
 * Messages and hints never quote a value out of a resource: they would end in logs.
 */
const refusals = {
  malformed: [400, 'structure', 'Send well-formed JSON in UTF-8, as the position in the message shows.'],
  invalid: [400, 'invalid', 'Mend what the message names and send the request again.'],
  unprocessable: [
    422,
    'processing',
    'The request is well-formed, but breaks a rule of FHIR R4: mend each issue named.',
  ],
  'unknown-parameter': [400, 'not-supported', 'Leave it out, or send Prefer: handling=lenient to have it ignored.'],
  'unknown-type': [404, 'not-supported', 'Use a FHIR R4 resource type, as listed in /fhir/metadata.'],
  'not-found': [404, 'not-found', 'Check the type and the id.'],
  gone: [410, 'deleted', 'The resource was deleted; its history is still at [type]/[id]/_history.'],
  'not-allowed': [405, 'not-supported', 'See /fhir/metadata for what this address answers.'],
  'not-acceptable': [406, 'not-supported', 'Ask for application/fhir+json.'],
  'unsupported-media': [415, 'not-supported', 'Send Content-Type: application/fhir+json.'],
  conflict: [409, 'conflict', 'Another writer was faster: read again and retry.'],
  'version-conflict': [412, 'conflict', 'Read the current version and send its ETag as If-Match.'],
  'multiple-matches': [412, 'multiple-matches', 'Narrow the criteria until they match one resource.'],
  'version-required': [428, 'required', 'Send If-Match with the version you last read.'],
  'too-large': [413, 'too-long', 'Send less at once: split the bundle.'],
  'too-costly': [400, 'too-costly', 'Narrow the request.'],
  unauthenticated: [401, 'login', 'Send a valid bearer token.'],
  forbidden: [403, 'forbidden', 'Your role does not cover this.'],
  'too-many-requests': [429, 'throttled', 'Wait, as Retry-After says, and try again.'],
  'not-implemented': [501, 'not-supported', 'See /fhir/metadata for what this server supports.'],
  unavailable: [503, 'transient', 'Try again in a few seconds.'],
  broken: [500, 'exception', 'This is our fault. Report the request id to the administrator.'],
} as const satisfies Record<string, readonly [number, OperationOutcomeIssue['code'], string]>

export type Refusal = keyof typeof refusals

/** One finding. `path` is a FHIRPath-like place (`Patient.name[0].family`, `Bundle.entry[3]`). */
export interface Issue {
  severity?: 'fatal' | 'error' | 'warning' | 'information'
  code?: OperationOutcomeIssue['code']
  message: string
  path?: string
  hint?: string
}

export class FhirError extends Error {
  readonly status: number
  readonly issues: readonly Issue[]

  /** `what` is a sentence, or every finding at once (the first one names the error). */
  constructor(
    readonly refusal: Refusal,
    what: string | readonly Issue[],
    options?: ErrorOptions,
  ) {
    const issues = typeof what === 'string' ? [{ message: what }] : what
    super(issues[0]?.message ?? refusal, options)
    this.status = refusals[refusal][0]
    this.issues = issues
  }

  /** The issues with the code and hint of this refusal where they have none of their own: they may then join others'. */
  get complete(): Issue[] {
    const [, code, hint] = refusals[this.refusal]
    return this.issues.map((issue) => ({ code, hint, severity: 'error', ...issue }))
  }

  outcome(): OperationOutcome {
    return outcomeOf(this.complete)
  }
}

/** Findings → OperationOutcome: the finding in `details.text`, the remedy in `diagnostics`, the place in `expression`. */
export function outcomeOf(issues: readonly Issue[]): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ severity = 'error', code = 'invalid', message, path, hint }) => ({
      severity,
      code,
      details: { text: message },
      ...(hint && { diagnostics: hint }),
      ...(path && { expression: [path] }),
    })),
  }
}
