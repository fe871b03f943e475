import type { CodeSystem } from '@medplum/fhirtypes'
import type { Database } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { replaceSystem } from '../tables/code-system.ts'
import type { Addition, Staged } from '../tables/concept.ts'
import { Stage } from '../tables/stage.ts'

/** What a file says: a concept, or something more about one that another line names. */
export type Fact = { readonly concept: Staged } | { readonly more: Addition }

/** A release that the operator owns, read as a stream. */
export interface Release {
  readonly system: CodeSystem
  facts(): AsyncIterable<Fact>
}

export interface LoadedRelease {
  readonly system: string
  readonly version: string
  readonly concepts: number
  readonly seconds: number
}

const PROGRESS = 50_000

/**
 * Puts a release into the tables, in place of an earlier load of the same version, in one transaction: a load that is
 * interrupted leaves what was there, and can simply be run again. Other versions of the system stay.
 */
export async function loadRelease(db: Database, release: Release, say: (line: string) => void): Promise<LoadedRelease> {
  const started = performance.now()
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10
  const { url = '', version = '' } = release.system
  const concepts = await db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`terminology ${url}`}, 0))`)
    const stage = await Stage.open(tx)
    const target = await replaceSystem(tx, 'l', release.system)
    let lines = 0
    for await (const fact of release.facts()) {
      if ('concept' in fact) await stage.add(target, fact.concept)
      else await stage.more(target, fact.more)
      if (++lines % PROGRESS === 0) say(`${lines} lines read, ${stage.count(target)} concepts, ${seconds()} s`)
    }
    say(`all ${lines} lines read; joining and indexing ${stage.count(target)} concepts`)
    await stage.finish()
    return stage.count(target)
  })
  if (concepts === 0) say('Nothing was found in the files: is it the right release?')
  return { system: url, version, concepts, seconds: seconds() }
}
