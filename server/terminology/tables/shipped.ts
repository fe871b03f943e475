import type { CodeSystem, ConceptMap } from '@medplum/fhirtypes'
import type { Database, Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Definitions } from '../../fhir/definitions/definitions.ts'
import { readSetting, writeSetting } from '../../store/settings.ts'
import type { TerminologyData } from '../data.ts'
import { insertSystems } from './code-system.ts'
import { conceptsOf } from './concept.ts'
import { writeMap } from './concept-map.ts'
import { Stage } from './stage.ts'

const SETTING = 'terminology shipped'

/** Of what `conceptsOf` and `Stage` make of a system: raise it when they change what is stored. */
const FORMAT = 1

/**
 * Puts the code systems and concept maps of R4, v2, v3 and of profiles/terminology into the tables, once for each
 * version of them: a start with nothing new costs one look at a setting. Says whether anything was loaded.
 */
export async function loadShipped(db: Database, definitions: Definitions, data: TerminologyData): Promise<boolean> {
  const version = `${FORMAT} ${definitions.version} ${data.hash}`
  if ((await readSetting(db, SETTING)) === version) return false
  return db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('terminology shipped', 0))`)
    if ((await readSetting(tx, SETTING)) === version) return false
    await tx.rows(sql`delete from code_system where source = 's'`)
    await tx.rows(sql`delete from concept_map where source = 's'`)
    await loadSystems(tx, systemsOf(definitions, data))
    for (const map of mapsOf(definitions, data)) await writeMap(tx, 's', map)
    await writeSetting(tx, SETTING, version)
    return true
  })
}

function systemsOf(definitions: Definitions, data: TerminologyData): CodeSystem[] {
  const systems = [...definitions.codeSystems.flatMap((url) => definitions.codeSystem(url) ?? []), ...data.codeSystems]
  return [...new Map(systems.map((system) => [`${system.url}|${system.version}`, system])).values()]
}

/** R4's maps come as they are; a map of ours with the same url stands for it. */
function mapsOf(definitions: Definitions, data: TerminologyData): ConceptMap[] {
  const maps = [...definitions.conceptMaps(), ...data.conceptMaps]
  return [...new Map(maps.map((map) => [map.url, map])).values()]
}

async function loadSystems(tx: Queryable, systems: readonly CodeSystem[]): Promise<void> {
  const stage = await Stage.open(tx)
  const targets = await insertSystems(tx, 's', systems)
  for (const [i, system] of systems.entries()) {
    const target = targets[i]
    if (target) for (const concept of conceptsOf(system)) await stage.add(target, concept)
  }
  await stage.finish()
}
