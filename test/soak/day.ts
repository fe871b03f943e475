import { setTimeout as sleep } from 'node:timers/promises'
import type { Resource } from '@medplum/fhirtypes'
import { generateCity } from '../../fixtures/city/city.ts'
import { compareDay, type FileOutcome, type Report } from '../../fixtures/city/day/compare.ts'
import { renderDay, type DayOptions } from '../../fixtures/city/day/day.ts'
import type { DayFile } from '../../fixtures/city/day/truth.ts'
import { Random } from '../../fixtures/city/random.ts'
import { makeDataDir, postmasterOf, removeDataDir, serve, type Served } from '../bench/process.ts'
import type { Victim } from './crash.ts'
import { Reader, type Told } from './day-read.ts'
import { byFacility, sendDay, type Heard, type Place } from './day-send.ts'

export interface DayTrial {
  readonly seed: string
  readonly victims: readonly Victim[]
  readonly only?: DayOptions['only']
  readonly appointments?: number
  readonly say?: (text: string) => void
}

export interface DayReport extends Report {
  readonly facilities: number
  readonly files: number
  readonly messages: number
  readonly kills: number
  readonly unanswered: number
  readonly again: number
  readonly resources: number
  readonly seconds: number
  readonly faults: readonly string[]
}

const main = ['--max-semi-space-size=32', '--import', 'tsx', new URL('day-server.ts', import.meta.url).pathname]

/**
 * One day of the city through a server that is killed again and again, its files sent again whenever that is not known to
 * be needless. Then the server is asked by HTTP what became of every record, and that is held against the truth.
 */
export async function hurtDay({
  seed,
  victims,
  only,
  appointments,
  say = () => undefined,
}: DayTrial): Promise<DayReport> {
  const files = renderDay(generateCity({ people: 4000, days: 1 }), {
    seed,
    ...(only && { only }),
    ...(appointments !== undefined && { appointments }),
  })
  const dataDir = await makeDataDir()
  const started = performance.now()
  let server = await serve(dataDir, {}, main)
  const place: Place = { origin: originOf(server) }
  const faults: string[] = []
  try {
    const sending = sendDay(place, files, seed)
    server = await killAll({ seed, victims, server, dataDir, place, faults, say })
    const heard = await sending
    await drained(place, server, faults)
    say(
      `sent and processed after ${seconds(started)} s: ${heard.unanswered} requests unanswered, ${heard.again} files again`,
    )
    return await reportOf(place, files, heard, { faults, kills: victims.length, started })
  } finally {
    await server.stop()
    await removeDataDir(dataDir)
  }
}

function originOf({ base }: Served): string {
  return base.slice(0, -'/fhir'.length)
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10
}

interface Killing extends Pick<DayTrial, 'seed' | 'victims'> {
  readonly server: Served
  readonly dataDir: string
  readonly place: Place
  readonly faults: string[]
  readonly say: (text: string) => void
}

/** → the server that is left. */
async function killAll({ seed, victims, server: first, dataDir, place, faults, say }: Killing): Promise<Served> {
  const random = new Random(seed, 'kills')
  let server = first
  for (const [i, victim] of victims.entries()) {
    await sleep(random.int(300, 3500))
    const { pid } = await postmasterOf(dataDir)
    if (victim !== 'node') process.kill(pid, 'SIGKILL')
    if (victim !== 'postgres') await server.kill('SIGKILL')
    if (victim === 'postgres' && (await comesBack(server, dataDir, pid))) continue
    if (victim === 'postgres') {
      faults.push(`the server did not come back after its PostgreSQL was killed:\n${server.output()}`)
      await server.kill('SIGKILL')
    }
    server = await serve(dataDir, {}, main)
    place.origin = originOf(server)
    say(`${i + 1}/${victims.length} ${victim} killed`)
  }
  return server
}

/** With another PostgreSQL: sessions of the one that was killed go on answering for a while. */
async function comesBack({ base }: Served, dataDir: string, killed: number): Promise<boolean> {
  for (const deadline = Date.now() + 240_000; Date.now() < deadline; await sleep(50)) {
    const ok = await fetch(`${base}/Patient?_count=1`).then(
      async (response) => (await response.arrayBuffer(), response.ok),
      () => false,
    )
    const now = await postmasterOf(dataDir).catch(() => undefined)
    if (ok && now && now.pid !== killed) return true
  }
  return false
}

/** Nothing waits or runs any more; dead work is a fault. */
async function drained({ origin }: Place, server: Served, faults: string[], patience = 600_000): Promise<void> {
  let last = ''
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(100)) {
    const metrics = await (await fetch(`${origin}/metrics`)).text()
    const jobs = (state: string) =>
      Number(new RegExp(`^parchi_jobs\\{state="${state}"\\} (\\d+)`, 'm').exec(metrics)?.[1])
    last = `${jobs('waiting')} wait, ${jobs('running')} run`
    // without a database there are no figures
    if (jobs('waiting') + jobs('running') !== 0) continue
    if (jobs('dead') !== 0) faults.push(`${jobs('dead')} jobs are dead:\n${complaintsIn(server.output())}`)
    return
  }
  faults.push(`the queue did not drain: ${last}`)
}

/** What the server logged as a warning or worse, the last of it. */
function complaintsIn(output: string): string {
  const lines = output.split('\n').filter((line) => /"level":(?:[456]0|"(?:warn|error|fatal)")/.test(line))
  return lines.slice(-5).join('\n').slice(-4000)
}

interface Circumstances {
  readonly faults: string[]
  readonly kills: number
  readonly started: number
}

async function reportOf(
  { origin }: Place,
  files: readonly DayFile[],
  heard: Heard,
  { faults, kills, started }: Circumstances,
): Promise<DayReport> {
  const reader = new Reader(origin)
  const stored = await reader.readStore(TYPES)
  const outcomes = new Map<DayFile, FileOutcome>()
  let messages = 0
  for (const [facility, own] of byFacility(files)) {
    const told = await reader.messages(facility)
    messages += told.length
    faults.push(...(await accounts(reader, facility, told)))
    for (const file of own) {
      const [first, ...copies] = told.filter(({ filename }) => filename === file.filename)
      const refused = heard.refused.get(file)
      if (first) outcomes.set(file, await reader.outcomeOf(file, first))
      else outcomes.set(file, { records: [], issues: [], ...(refused !== undefined && { stop: refused }) })
      const known = new Set(told.map(({ message }) => message))
      for (const id of heard.receipts.get(file) ?? [])
        if (!known.has(id)) faults.push(`${facility}: ${id} was acknowledged and is lost`)
      for (const copy of copies) faults.push(...takenTwice(facility, copy))
    }
  }
  faults.push(...heard.faults, ...nobodys(stored, reader.targets), ...twice(stored))
  const report = compareDay(files, (file) => outcomes.get(file) ?? { records: [], issues: [] }, { ends: true })
  const facilities = new Set(files.map(({ facility }) => facility)).size
  const { unanswered, again } = heard
  return {
    ...report,
    facilities,
    files: files.length,
    messages,
    kills,
    unanswered,
    again,
    resources: stored.size,
    seconds: seconds(started),
    faults,
  }
}

const TYPES = [
  'Patient',
  'Encounter',
  'Condition',
  'Observation',
  'MedicationRequest',
  'DiagnosticReport',
  'ServiceRequest',
  'Appointment',
  'Procedure',
  'AllergyIntolerance',
  'DocumentReference',
  'Composition',
  'Bundle',
  'Practitioner',
  'Provenance',
]

/** Every message is done or held, and its records sum to its total, each in one outcome. */
async function accounts(reader: Reader, facility: string, told: readonly Told[]): Promise<string[]> {
  const faults: string[] = []
  for (const { message, state, total, counts, filename = '' } of told) {
    const wrong = (what: string) => faults.push(`${facility} ${filename} ${message}: ${what}`)
    if (state !== 'done' && state !== 'held') wrong(`is ${state}`)
    const sum = Object.values(counts).reduce((all, one) => all + one, 0)
    if (sum !== total) wrong(`${sum} outcomes of ${total} records`)
    const found: Record<string, number> = {}
    let next = 1
    for (const row of await reader.records(facility, message)) {
      if (row.number !== next) wrong(`record ${next} has ${row.number > next ? 'no outcome' : 'two'}`)
      next = row.through + 1
      found[row.state] = (found[row.state] ?? 0) + row.through - row.number + 1
    }
    if (next !== total + 1) wrong(`its records end at ${next - 1} of ${total}`)
    for (const [name, many] of Object.entries(counts))
      if (found[name] !== many) wrong(`${many} ${name}, but ${found[name] ?? 0} records`)
  }
  return faults
}

/** A file that was sent again makes nothing. */
function takenTwice(facility: string, { filename = '', counts }: Told): string[] {
  const taken = (counts['accepted'] ?? 0) + (counts['accepted-with-warnings'] ?? 0)
  return taken > 0 ? [`${facility} ${filename}: ${taken} records were taken again`] : []
}

/**
 * Every resource that records make is the target of some record's Provenance. Golden records are the server's own, and
 * people of a register that a document names are found there, not made by it.
 */
function nobodys(stored: ReadonlyMap<string, Resource>, targets: ReadonlyMap<string, readonly string[]>): string[] {
  const known = new Set([...targets.values()].flat())
  return [...stored.keys()]
    .filter((reference) => !/^(Provenance\/|Practitioner\/|Patient\/golden-)/.test(reference) && !known.has(reference))
    .map((reference) => `${reference} comes from no record`)
}

/** One number of one numbering is one resource. */
function twice(stored: ReadonlyMap<string, Resource>): string[] {
  const seen = new Map<string, string>()
  const faults: string[] = []
  for (const [reference, resource] of stored) {
    if (
      resource.resourceType !== 'Patient' &&
      resource.resourceType !== 'Encounter' &&
      resource.resourceType !== 'Appointment'
    )
      continue
    for (const { system = '', value = '' } of resource.identifier ?? []) {
      const name = `${resource.resourceType} ${system}|${value}`
      const other = seen.get(name)
      if (other !== undefined && system.includes(resource.meta?.source?.slice(-12) ?? '\0'))
        faults.push(`${reference} and ${other} have one number`)
      seen.set(name, reference)
    }
  }
  return faults
}

/** Every difference by its kind, the most frequent first, each with an example. */
export function summary({ differences }: Pick<Report, 'differences'>): string[] {
  const kinds = new Map<string, { many: number; example: string }>()
  for (const { facility, file, at, mess, what, expected, found } of differences) {
    const kind = `${what.replace(/\d+/g, 'n')}${mess === undefined ? '' : ` (${mess})`}`
    const there = kinds.get(kind)
    const example = `${facility} ${file}${at === undefined ? '' : `:${at}`} wanted ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`
    kinds.set(kind, { many: (there?.many ?? 0) + 1, example: there?.example ?? example })
  }
  return [...kinds]
    .toSorted(([, a], [, b]) => b.many - a.many)
    .map(([kind, { many, example }]) => `${many} × ${kind}: ${example}`)
}
