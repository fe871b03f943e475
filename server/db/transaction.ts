import { setTimeout as sleep } from 'node:timers/promises'
import { FhirError } from '../errors.ts'
import type { Queryable } from './database.ts'
import { refusalOf } from './failure.ts'
import type { Session } from './session.ts'

const attempts = 5

/**
 * Runs `work` in a transaction (read committed), again after a failure that another try may mend: at most 5 times in all.
 * A connection that breaks while COMMIT is under way leaves the outcome unknown: that is said and never tried again,
 * since what was committed would be written twice.
 */
export async function runTransaction<T>(
  connect: (attempt: (session: Session) => Promise<T>) => Promise<T>,
  work: (tx: Queryable) => Promise<T>,
  isRetryable: (error: unknown) => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connect((session) => once(session, work))
    } catch (error) {
      if (attempt === attempts || !isRetryable(error)) throw refusalOf(error)
      await sleep(Math.random() * 5 * 2 ** attempt)
    }
  }
}

/** `begin` travels with the first statement of `work`. */
async function once<T>(session: Session, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const begun = session.command('begin').then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  try {
    const result = await work(session)
    const failure = await begun
    if (failure) throw refusalOf(failure.error)
    await commit(session)
    return result
  } catch (error) {
    await begun
    await session.command('rollback').catch(() => (session.spoiled = true))
    throw error
  }
}

async function commit(session: Session): Promise<void> {
  const tag = await session.command('commit').catch((error: unknown) => {
    throw refusalOf(error)
  })
  if (tag !== 'COMMIT') throw new FhirError('broken', 'A statement failed unnoticed, so nothing was written.')
}
