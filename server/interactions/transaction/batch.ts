import type { Bundle } from '@medplum/fhirtypes'
import type { Visit } from '../../access/visit.ts'
import { FhirError, type Issue } from '../../errors.ts'
import type { Document } from '../../fhir/json.ts'
import type { House } from '../house.ts'
import type { FhirReply, FhirRequest } from '../request.ts'
import { eachOf } from './each.ts'
import { readEntries, type ReadEntry } from './entry.ts'
import { answer, requestOf, Room } from './reads.ts'
import { bundleReply, MINIMAL, replyAnswer } from './respond.ts'
import { writeTogether } from './together.ts'

/**
 * Entries that have nothing to do with each other, each at the desk by itself
 * (https://hl7.org/fhir/R4/http.html#brules). Plain creates and updates go to the database together.
 */
export async function batch(
  house: House,
  context: Visit,
  request: FhirRequest,
  bundle: Document<Bundle>,
): Promise<FhirReply> {
  const entries = readEntries(bundle, context.base)
  const { prefer } = request.headers
  const answers = await writeTogether(house, context, entries, prefer)
  const room = new Room()
  await eachOf(entries, async (entry, place) => {
    room.take((answers[place] ??= await answerOf(house, context, entry, { prefer, room })))
  })
  const reply = bundleReply(
    'batch-response',
    entries.map((_, place) => answers[place] ?? '{}'),
  )
  return { ...reply, code: 'batch' }
}

interface Asking {
  readonly prefer: string | undefined
  readonly room: Room
}

async function answerOf(house: House, context: Visit, read: ReadEntry, { prefer, room }: Asking): Promise<string> {
  try {
    room.check()
    if ('fault' in read) throw new FhirError('invalid', [read.fault])
    const { entry } = read
    if (entry.path.length === 0) throw new FhirError('invalid', 'An entry cannot be a batch or transaction itself')
    return replyAnswer(await answer(house, context, requestOf(entry, prefer ?? MINIMAL), entry))
  } catch (error) {
    return replyAnswer(refusal(house, context, error, 'fault' in read ? read.index : read.entry.index))
  }
}

/** One bad entry is that entry's misfortune, whatever it ran into. */
function refusal(house: House, context: Visit, error: unknown, index: number): { reply: FhirReply; body: string } {
  const known = error instanceof FhirError ? error : new FhirError('broken', 'The server failed on this entry')
  if (known !== error) house.log.error({ requestId: context.requestId, entry: index, err: error }, 'batch entry failed')
  const issues = known.issues.map((issue): Issue => ({ ...issue, path: issue.path ?? `Bundle.entry[${index}]` }))
  const body = JSON.stringify(new FhirError(known.refusal, issues).outcome())
  return { reply: { status: known.status }, body }
}
