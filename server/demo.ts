import { system } from './cli/system.ts'
import type { Config } from './config.ts'
import { sql } from './db/sql.ts'
import { desk } from './interactions/desk.ts'
import type { House } from './interactions/house.ts'

/** How many bundles are at the desk at once. */
const AT_ONCE = 4

/**
 * Is the demo city wanted? Only ever in an empty database: by default in a new embedded one that is not production's,
 * or as DEMO says.
 */
export async function wantsDemo(config: Config, house: House): Promise<boolean> {
  const byDefault = config.databaseUrl === undefined && config.nodeEnv !== 'production'
  if (config.demo === 'off' || (config.demo === '' && !byDefault)) return false
  const [row] = await house.db.rows<{ found: boolean }>(
    sql`select exists (select from history union all select from resource) as found`,
  )
  return row?.found === false
}

/** Loads the made-up city through the desk, as its facilities would send it; answers how many resources it holds. */
export async function loadDemo(house: House, base: string): Promise<number> {
  const { generateCity } = await import('../fixtures/city/city.ts')
  const letters = generateCity().letters()
  let resources = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const { facility, bundle } of letters) {
        resources += bundle.entry?.length ?? 0
        const document = { value: bundle, exact: [] }
        const body = { kind: 'json', document, contentType: 'application/fhir+json' } as const
        await desk(house, system('demo', base, facility), { method: 'POST', path: [], query: [], headers: {}, body })
      }
    }),
  )
  return resources
}
