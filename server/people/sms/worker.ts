import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../../db/sql.ts'
import { ATTEMPTS, claim, enqueue, fail, finish, hold, LeaseLost, type Job } from '../../jobs/queue.ts'
import type { People } from '../people.ts'
import { sendBy, type Sent } from './gateway.ts'
import { readSms, referenceOf, settled, textOf, type Kept, type SmsState } from './outbox.ts'
import { templates } from './templates.ts'

/** Longer than a gateway may take to answer. */
const LEASE = 30
/** Milliseconds between two looks of the first lane, and of those that only help when there is much to do. */
const [IDLE, HELPER] = [400, 3000]
/** Messages on their way at once. */
const LANES = 4
/** When the quick tries of a job are used up, it is tried again after so long, while the message is of use. */
const LATER = 5 * 60_000

export interface SmsWorker {
  stop(): Promise<void>
}

/**
 * Sends what is in the outbox. At least once: a process that dies between the gateway's answer and the commit sends
 * again, under the same reference. Without a gateway messages stay where they are, to be read there.
 */
export function startSms(people: People): SmsWorker {
  const stopping = new AbortController()
  const work = Array.from({ length: people.gateway ? LANES : 1 }, (_, i) =>
    loop(people, i === 0 ? IDLE : HELPER, stopping.signal),
  )
  return {
    async stop() {
      stopping.abort()
      await Promise.all(work)
    },
  }
}

async function loop(people: People, idle: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const busy = await workOnce(people).catch((error: unknown) => {
      people.house.log.warn({ error: error instanceof Error ? error.name : typeof error }, 'messages could not be sent')
      return false
    })
    if (!busy) await sleep(idle, undefined, { signal }).catch(() => undefined)
  }
}

/** Does one job, if there is one. */
export async function workOnce(people: People, lease = LEASE): Promise<boolean> {
  const [job] = (await claim(people.house.db, 1, lease, ['sms'])) ?? []
  if (!job) return false
  try {
    await deliver(people, job)
  } catch (error) {
    if (!(error instanceof LeaseLost)) await fail(people.house.db, [job], error instanceof Error ? error.name : 'error')
  }
  return true
}

async function deliver(people: People, job: Job): Promise<void> {
  const { db, log } = people.house
  const sms = await readSms(people, String(job.payload['id']))
  if (sms?.state !== 'queued' || !people.gateway) return finish(db, [job])
  if (Number(sms.until) <= people.now()) return close(people, job, sms, { state: 'expired' })
  const text = textOf(people, sms)
  if (text === undefined) return close(people, job, sms, { state: 'failed', problem: 'no text' })
  const sent = await sendBy(people.gateway, {
    reference: referenceOf(people, sms.id),
    mobile: sms.mobile,
    text,
    language: sms.language,
    template: templates().get(sms.template)?.dlt[sms.language] ?? '',
  })
  log.debug({ sms: sms.id, template: sms.template, answer: sent.kind }, 'sms')
  if (sent.kind === 'sent') return close(people, job, sms, { state: 'sent', gateway: sent.id })
  if (sent.kind === 'refused') return close(people, job, sms, { state: 'failed', problem: sent.problem })
  return again(people, job, sms, sent)
}

interface End {
  readonly state: SmsState
  readonly gateway?: string | undefined
  readonly problem?: string
}

function close(people: People, job: Job, sms: Kept, { state, gateway, problem }: End): Promise<void> {
  return people.house.db.transaction(async (tx) => {
    await hold(tx, [job])
    await tx.rows(sql`
      update sms set state = ${state}, gateway = ${gateway ?? null}, problem = ${problem ?? null}, facts = null,
        mobile = ${settled(sms).mobile}, changed = ${people.now()}::bigint
      where id = ${sms.id}`)
    await finish(tx, [job])
  })
}

async function again(people: People, job: Job, sms: Kept, { problem }: Sent & { kind: 'again' }): Promise<void> {
  const { db, log } = people.house
  const runAt = new Date(people.now() + LATER)
  log.warn({ sms: sms.id, attempts: job.attempts, problem }, 'the SMS gateway did not take a message')
  await db.rows(sql`update sms set problem = ${problem}, changed = ${people.now()}::bigint where id = ${sms.id}`)
  if (job.attempts < ATTEMPTS) return fail(db, [job], problem)
  if (Number(sms.until) <= runAt.getTime()) return close(people, job, sms, { state: 'failed', problem })
  return db.transaction(async (tx) => {
    await hold(tx, [job])
    await finish(tx, [job])
    await enqueue(tx, [{ kind: 'sms', lane: job.lane, payload: job.payload, runAt }])
  })
}
