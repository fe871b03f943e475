import type { Bundle } from '@medplum/fhirtypes'
import type { Context } from '../../context.ts'
import { FhirError, type Issue } from '../../errors.ts'
import type { Document } from '../../fhir/json.ts'
import type { House } from '../house.ts'
import type { FhirReply, FhirRequest } from '../request.ts'
import { readEntries, type ReadEntry } from './entry.ts'
import { answer, requestOf } from './reads.ts'
import { bundleReply, replyAnswer } from './respond.ts'

/** As many entries at a time: a batch must not take all of the database's connections. */
const AT_ONCE = 4

/** Entries that have nothing to do with each other, each at the desk by itself (https://hl7.org/fhir/R4/http.html#brules). */
export async function batch(
  house: House,
  context: Context,
  request: FhirRequest,
  bundle: Document<Bundle>,
): Promise<FhirReply> {
  const entries = readEntries(bundle, context.base)
  const answers: string[] = []
  let next = 0
  const work = async () => {
    for (let place = next++; place < entries.length; place = next++) {
      const entry = entries[place]
      if (entry) answers[place] = await answerOf(house, context, entry, request.headers.prefer)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return bundleReply('batch-response', answers)
}

async function answerOf(house: House, context: Context, read: ReadEntry, prefer: string | undefined): Promise<string> {
  try {
    if ('fault' in read) throw new FhirError('invalid', [read.fault])
    const { entry } = read
    if (entry.path.length === 0) throw new FhirError('invalid', 'An entry cannot be a batch or transaction itself')
    return replyAnswer(await answer(house, context, requestOf(entry, prefer ?? 'return=minimal'), entry))
  } catch (error) {
    return replyAnswer(refusal(house, context, error, 'fault' in read ? read.index : read.entry.index))
  }
}

/** One bad entry is that entry's misfortune, whatever it ran into. */
function refusal(house: House, context: Context, error: unknown, index: number): { reply: FhirReply; body: string } {
  const known = error instanceof FhirError ? error : new FhirError('broken', 'The server failed on this entry')
  if (known !== error) house.log.error({ requestId: context.requestId, entry: index, err: error }, 'batch entry failed')
  const issues = known.issues.map((issue): Issue => ({ ...issue, path: issue.path ?? `Bundle.entry[${index}]` }))
  const body = JSON.stringify(new FhirError(known.refusal, issues).outcome())
  return { reply: { status: known.status }, body }
}
