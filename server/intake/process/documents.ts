import type { Bundle } from '@medplum/fhirtypes'
import { issue, type Issue } from '../../../mappers/issues.ts'
import { FhirError } from '../../errors.ts'
import { desk } from '../../interactions/desk.ts'
import { contextOf, type Intake } from '../intake.ts'
import { ownOf, type MadeVersion } from '../made.ts'
import { isPassing } from './conflicts.ts'
import type { Item, Verdict } from './item.ts'

/** What the desk made of a record's documents: the Bundle as it came, and each resource in it by itself. */
export interface Posted {
  readonly references: readonly string[]
  readonly made: readonly MadeVersion[]
}

/**
 * Posts the documents of records to the desk, each in a transaction of its own: it keeps them whole and stores what is in
 * them (interactions/documents). Their ids follow from the document's own name, so one that was posted before a crash
 * makes nothing when it is posted again. Those refused are added to `refused`; `posted` are not posted twice.
 */
export async function postDocuments(
  intake: Intake,
  verdicts: readonly Verdict[],
  posted: Map<Item, Posted>,
  refused: Map<Item, readonly Issue[]>,
): Promise<void> {
  for (const { item, write } of verdicts) {
    if (!write || posted.has(item) || !hasDocument(item)) continue
    try {
      posted.set(item, await post(intake, item))
    } catch (error) {
      if (!(error instanceof FhirError) || isPassing(error)) throw error
      refused.set(
        item,
        error.issues.map(({ path, message }) => faultOf(item, path, message)),
      )
    }
  }
}

function faultOf({ record }: Item, path: string | undefined, message: string): Issue {
  return issue('RESOURCE_INVALID', { line: record.line, detail: path === undefined ? message : `${path}: ${message}` })
}

/** Some of it is a document, which the desk takes as a whole. */
export function hasDocument({ record }: Item): boolean {
  return record.resources.some(({ how }) => how === 'document')
}

async function post(intake: Intake, item: Item): Promise<Posted> {
  const references: string[] = []
  const made: MadeVersion[] = []
  for (const { resource, exact, how } of item.record.resources) {
    if (how !== 'document') continue
    const document = { value: structuredClone(resource), exact }
    const body = { kind: 'json', document, contentType: 'application/fhir+json' } as const
    const context = contextOf(intake, item.run.mapping.facility)
    const reply = await desk(intake.house, context, { method: 'POST', path: [], query: [], headers: {}, body })
    const { entry = [] } = JSON.parse(typeof reply.body === 'string' ? reply.body : '{}') as Bundle
    for (const { response } of entry) {
      // `Patient/p1/_history/2`; what a register knows, and what a new edition leaves out, was not made here
      const [type = '', id = '', , version = ''] = (response?.location ?? '').split('/').slice(-4)
      if (id === '' || response?.status.startsWith('204')) continue
      references.push(`${type}/${id}`)
      if (type !== 'Provenance')
        made.push({ ...ownOf(`${type}/${id}`), version: Number(version), mapping: item.run.version })
    }
  }
  return { references, made }
}
