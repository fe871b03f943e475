import type { Visit } from '../../access/visit.ts'
import { FhirError } from '../../errors.ts'
import { validate } from '../document.ts'
import type { House } from '../house.ts'
import { replyToWrite } from '../reply.ts'
import type { Entry, ReadEntry } from './entry.ts'
import { eachOf } from './each.ts'
import { assessAll, planWrite, type Planned } from './plan.ts'
import { requestOf } from './reads.ts'
import { MINIMAL, replyAnswer } from './respond.ts'
import type { Done } from './deciding.ts'
import { carryOutAll } from './transaction.ts'

/** Few enough that an unlucky one does not cost many others a second try. */
const TOGETHER = 100

/**
 * The answers of a batch's plain creates and updates, by place: many of them in one database transaction, since
 * thousands of small ones would each wait for their own round trips and commit. None of them may notice: whoever
 * might not succeed, and all of a transaction that failed, are left out, to be tried one by one.
 */
export async function writeTogether(
  house: House,
  context: Visit,
  entries: readonly ReadEntry[],
  prefer: string = MINIMAL,
): Promise<(string | undefined)[]> {
  const answers: (string | undefined)[] = []
  await eachOf(groupsOf(house, context, entries), async (group) => {
    for (const { planned, decision } of await tryTogether(house, context, group)) {
      const reply = replyToWrite(context, requestOf(planned.entry, prefer), decision, planned.told.settled())
      const body = typeof reply.body === 'string' ? reply.body : undefined
      answers[planned.entry.index] = replyAnswer({ reply, body })
    }
  })
  return answers
}

/** Nothing is rewritten: entries of a batch do not refer to each other. */
async function tryTogether(house: House, context: Visit, planned: readonly Planned[]): Promise<readonly Done[]> {
  try {
    await assessAll(house, planned)
    return (await carryOutAll({ house, context, planned, slots: [], reads: [], spent: false })).done
  } catch {
    return [] // each finds out for itself what was wrong
  }
}

function groupsOf(house: House, context: Visit, entries: readonly ReadEntry[]): Planned[][] {
  const groups: Planned[][] = []
  let group: Planned[] = []
  for (const one of entries) {
    const planned = 'entry' in one && isPlain(one.entry) ? soundly(house, context, one.entry) : undefined
    if (!planned) continue
    if (group.length === 0) groups.push(group)
    group.push(planned)
    if (group.length === TOGETHER) group = []
  }
  return groups.filter((each) => each.length > 1)
}

function isPlain({ method, path, query, document }: Entry): boolean {
  if (query.length > 0 || !document || document.value.resourceType === 'Binary') return false
  return (method === 'POST' && path.length === 1) || (method === 'PUT' && path.length === 2)
}

function soundly(house: House, context: Visit, entry: Entry): Planned | undefined {
  try {
    const planned = planWrite(house, context, entry)
    if (!planned.document) return undefined
    validate(house, planned.document)
    return planned
  } catch (error) {
    if (error instanceof FhirError) return undefined
    throw error
  }
}
