import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { readSetting, writeSetting } from '../../store/settings.ts'
import { shippedSystem, type Terminology } from '../terminology.ts'
import { replaceSystem } from './code-system.ts'
import { conceptsOf } from './concept.ts'
import { writeMap } from './concept-map.ts'
import { Stage } from './stage.ts'

/** Of what `conceptsOf` and `Stage` make of a system: raise it when they change what is stored. */
export const FORMAT = 1

const MAPS = 'terminology maps'

/**
 * Puts a code system that comes with the server (R4, v2, v3, profiles/terminology) into the tables when it is first
 * asked for: a start costs nothing, and of the 1,057 only those that are used are stored.
 */
export async function takeInShipped(terminology: Terminology, url: string): Promise<void> {
  await terminology.db.transaction(async (tx) => {
    await lock(tx, url)
    const [known] = await tx.rows(sql`
      select from code_system where url = ${url} and source = 's' and edition = ${terminology.edition}`)
    const system = shippedSystem(terminology, url)
    if (known || !system) return
    await tx.rows(sql`delete from code_system where url = ${url} and source = 's'`)
    const target = await replaceSystem(tx, 's', system, { edition: terminology.edition })
    const stage = await Stage.open(tx)
    for (const concept of conceptsOf(system)) await stage.add(target, concept)
    await stage.finish()
  })
}

/** R4's concept maps and ours, all at once: they are few, and a translation may need any of them. */
export async function takeInShippedMaps({ db, definitions, data, edition }: Terminology): Promise<void> {
  if ((await readSetting(db, MAPS)) === edition) return
  await db.transaction(async (tx) => {
    await lock(tx, MAPS)
    if ((await readSetting(tx, MAPS)) === edition) return
    await tx.rows(sql`delete from concept_map where source = 's'`)
    const byUrl = new Map([...definitions.conceptMaps(), ...data.conceptMaps].map((map) => [map.url, map]))
    for (const map of byUrl.values()) await writeMap(tx, 's', map)
    await writeSetting(tx, MAPS, edition)
  })
}

async function lock(tx: Queryable, what: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`terminology ${what}`}, 0))`)
}
