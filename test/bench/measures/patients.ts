import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Patient } from '@medplum/fhirtypes'
import { makeRegisters } from '../../../fixtures/city/people/city.ts'
import { buildHouse } from '../../../server/app.ts'
import { readConfig } from '../../../server/config.ts'
import { openDatabase } from '../../../server/db/open.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Queryable } from '../../../server/db/database.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { desk } from '../../../server/interactions/desk.ts'
import type { House } from '../../../server/interactions/house.ts'
import { makeLog } from '../../../server/log.ts'
import { featuresOf, type Features } from '../../../server/patients/keys/features.ts'
import { linkNext } from '../../../server/patients/follow.ts'
import { findCandidates, weightsInForce } from '../../../server/patients/links.ts'
import { keysOf } from '../../../server/patients/observe.ts'
import { moveKeys, writePeople, type Person } from '../../../server/patients/store/people.ts'
import { makeDataDir, removeDataDir } from '../process.ts'
import { plot, type Point } from '../patients/plot.ts'
import type { Line, Measure } from '../measure.ts'

/** People a size is reached with: the generator registers each about twice. */
const RECORDS_EACH = 1.9

/** Records that are linked, and looked up, at each size. */
const [LINKED, LOOKED_UP] = [1500, 400]

/** How fast one patient is found among many, and linked, and how that grows. A database of its own. */
export const patients: Measure = {
  name: 'patients',
  async run({ quick, say }) {
    const sizes = quick
      ? [2_000, 10_000]
      : process.argv.includes('--full')
        ? [10_000, 100_000, 1_000_000]
        : [10_000, 100_000]
    const folder = await makeDataDir()
    const db = await openDatabase({ dataDir: folder, connections: 4, owner: true })
    try {
      const config = readConfig({ AUTH: 'open', PORT: '0', DATA_DIR: join(tmpdir(), 'parchi-bench') })
      const house = await buildHouse(config, db, makeLog('silent'))
      const points: Point[] = []
      for (const size of sizes) points.push(await measureAt(house, size, say))
      if (!quick) draw(points)
      return points.flatMap((point, i) => linesOf(point, i === points.length - 1))
    } finally {
      await db.close()
      await removeDataDir(folder)
    }
  },
}

function linesOf({ records, linkedPerSecond, p50, p95 }: Point, last: boolean): Line[] {
  const note = `${records} records`
  return [
    {
      measure: 'patients linked',
      value: linkedPerSecond,
      unit: '/s',
      note,
      ...(last && { bar: { of: 'value', least: 500 } }),
    },
    { measure: 'patient looked up, p50', value: p50, unit: 'ms', note },
    {
      measure: 'patient looked up, p95',
      value: p95,
      unit: 'ms',
      note,
      ...(last && { bar: { of: 'value', most: 20 } }),
    },
  ]
}

function draw(points: readonly Point[]): void {
  const results = new URL('../results/', import.meta.url)
  mkdirSync(results, { recursive: true })
  writeFileSync(new URL('patients.json', results), `${JSON.stringify(points, null, 2)}\n`)
  writeFileSync(new URL('patients.svg', results), plot(points))
}

/** Grows the tables to a size, then links newcomers through the whole follower and looks up people nobody has stored. */
async function measureAt(house: House, size: number, say: (text: string) => void): Promise<Point> {
  const { db } = house
  const there = await count(db)
  await fill(db, `bench-${size}`, size - there)
  await db.rows(sql`vacuum analyze person, person_key`)
  const linkedPerSecond = await link(house, `new-${size}`)
  const times = await lookUp(db, `asked-${size}`)
  const at = (share: number) => times[Math.floor(share * times.length)] ?? 0
  const point = { records: size, linkedPerSecond, p50: at(0.5), p95: at(0.95) }
  say(`${size} records: ${Math.round(linkedPerSecond)} linked/s, look-up p95 ${point.p95.toFixed(1)} ms`)
  return point
}

async function count(db: Queryable): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`select count(*)::integer as n from person`)
  return row?.n ?? 0
}

/** As the follower would have: features and blocks, without the Patients themselves, which look-ups never read. */
async function fill(db: Queryable, seed: string, records: number): Promise<void> {
  const chunk = 20_000
  for (let made = 0, part = 0; made < records; part++) {
    const people = registers(`${seed}-${part}`, Math.min(chunk, records - made)).map(personOf)
    for (let from = 0; from < people.length; from += 1000) {
      const some = people.slice(from, from + 1000)
      await writePeople(db, some)
      await moveKeys(db, [], some.flatMap(keysOf))
    }
    made += people.length
  }
}

function registers(seed: string, records: number): (Patient & { id: string })[] {
  const { patients: made } = makeRegisters(seed, Math.ceil(records / RECORDS_EACH))
  return made.slice(0, records).map((patient) => ({ ...patient, id: `${seed}.${patient.id}`.slice(-64) }))
}

function personOf(patient: Patient & { id: string }): Person {
  return {
    rid: rid('Patient', patient.id),
    id: patient.id,
    version: 1,
    golden: null,
    sent: [],
    features: featuresOf(patient),
  }
}

async function link(house: House, seed: string): Promise<number> {
  const context = {
    requestId: 'bench',
    actor: { kind: 'system', name: 'bench' },
    base: 'http://localhost/fhir',
  } as const
  const people = registers(seed, LINKED)
  const entry = people.map((resource) => ({ resource, request: { method: 'PUT', url: `Patient/${resource.id}` } }))
  // some ABHA numbers of the registers are mistyped, and refused
  const value = { resourceType: 'Bundle', type: 'batch', entry }
  const body = { kind: 'text', text: JSON.stringify(value), contentType: 'application/fhir+json' } as const
  await desk(house, context, { method: 'POST', path: [], query: [], headers: {}, body })
  const started = performance.now()
  while ((await linkNext(house)) !== 'done');
  return (people.length * 1000) / (performance.now() - started)
}

async function lookUp(db: Queryable, seed: string): Promise<number[]> {
  const weights = await weightsInForce(db)
  const asked = registers(seed, LOOKED_UP).map((patient): Features => featuresOf(patient))
  const times: number[] = []
  for (const features of asked) {
    const started = performance.now()
    await findCandidates(db, 'all', features, weights)
    times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)
}
