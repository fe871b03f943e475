import type pg from 'pg'
import { port as socketPort } from '../../../server/db/embedded/postmaster.ts'
import { user } from '../../../server/db/embedded/cluster.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { resourceTypes } from '../../../server/fhir/types.ts'
import { median, runTurns } from '../load/job.ts'
import { originOf, type Bench, type Line, type Measure } from '../measure.ts'
import { postmasterOf, serve } from '../process.ts'
import { patientOfSize } from '../sample.ts'
import { registered, type GetToken } from '../token.ts'

/**
 * What access control adds: the same requests to two servers on one database, one with its door open, one that checks a
 * token, decides, and audits. Once as the facility whose own the record is, once as one that treats the patients.
 */
export const access: Measure = {
  name: 'access',
  async run(bench) {
    const { socketDir } = await postmasterOf(bench.dataDir)
    const address = `postgres://${user}@${encodeURIComponent(socketDir)}:${socketPort}/parchi`
    const guarded = await serve(bench.dataDir, { ...GUARDED, DATABASE_URL: address, PROFILE_DIR: bench.profile })
    try {
      const origin = new URL(guarded.base).origin
      await give(bench.client)
      const own = await registered(bench.client, origin, OWNER)
      const care = await registered(bench.client, origin, CARER)
      const reads = await recordAddresses(bench.client, 400)
      const whole = [`/fhir/Patient/${await patientOfSize(bench.client, 120)}/$everything`]
      return [
        ...(await compare(bench, origin, own, 'read by id, of one’s own', reads, 25)),
        ...(await compare(bench, origin, care, 'read by id, of a patient in care', reads, 25)),
        ...(await compare(bench, origin, own, '$everything, of one’s own', whole, 20)),
        ...(await compare(bench, origin, care, '$everything, of a patient in care', whole, 20)),
      ]
    } finally {
      await guarded.stop()
      await takeBack(bench.client)
    }
  },
}

/** One client asks as fast as it can, which is more than anybody may. */
const GUARDED = {
  LINKING: 'off',
  AUTH: 'on',
  NODE_ENV: 'test',
  RATE_LIMIT: '1000000',
  RATE_LIMIT_IP: '1000000',
  EXPENSIVE_AT_ONCE: '0',
}

const OWNER = 'bench-owner'
const CARER = 'bench-carer'

/** Everything is the owner's own, and the carer has every patient in care. */
async function give(client: pg.Client): Promise<void> {
  await client.query('update resource set facility = $1 where patient <> 0', [rid('Organization', OWNER).toString()])
  await client.query(
    `insert into opening (rid, patient, facility, tier, since, until, withheld)
     select rid, rid, $1, 'c', 0, $2, 0 from resource where type = $3`,
    [rid('Organization', CARER).toString(), Date.now() + 86_400_000, resourceTypes.indexOf('Patient')],
  )
  await client.query('vacuum analyze resource, opening')
}

async function takeBack(client: pg.Client): Promise<void> {
  await client.query('update resource set facility = 0 where facility = $1', [rid('Organization', OWNER).toString()])
  await client.query('delete from opening where facility = $1', [rid('Organization', CARER).toString()])
}

/** Of resources that are about a patient. */
async function recordAddresses(client: pg.Client, count: number): Promise<string[]> {
  const { rows } = await client.query<{ type: number; id: string }>(
    'select type, id from resource where patient not in (0, -1) order by rid limit $1',
    [count],
  )
  return rows.map(({ type, id }) => `/fhir/${resourceTypes[type]}/${id}`)
}

/** Turns that do not count: V8 is still compiling, and one of the two servers has just started. */
const WARM = 3
/** Milliseconds: what is audited in one turn is in the database before the next. */
const REST = 120

async function compare(
  bench: Bench,
  origin: string,
  token: GetToken,
  what: string,
  paths: readonly string[],
  most: number,
): Promise<Line[]> {
  const shots = paths.map((path) => ({ method: 'GET' as const, path }))
  const lines: Line[] = []
  for (const connections of [1, 16]) {
    const sides = [
      { origin: originOf(bench), headers: {} },
      { origin, headers: { authorization: `Bearer ${await token()}` } },
    ]
    const each = shots.length > 1 ? 600 : 100
    // where a turn is short more of it is chance
    const turns = WARM + (bench.quick ? 9 : 31) * (connections > 1 || shots.length > 1 ? 3 : 1)
    const [opens = [], guardeds = []] = (await runTurns({ sides, connections, shots, each, turns, rest: REST })).map(
      (scores) => scores.slice(WARM).map(({ p50 = 0 }) => p50),
    )
    const open = median(opens)
    const added = median(guardeds.map((guarded, i) => guarded / (opens[i] ?? 0) - 1))
    bench.say(`  ${what}, ${connections}: ${open.toFixed(2)} ms, guarded ${median(guardeds).toFixed(2)} ms`)
    lines.push({
      measure: `access control adds to ${what}, ${connections === 1 ? '1 client' : `${connections} clients`}`,
      value: added * 100,
      unit: '%',
      ceiling: { what: 'ms with the door open', value: open },
      bar: { of: 'value', most },
    })
  }
  return lines
}
