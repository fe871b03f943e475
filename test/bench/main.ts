import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { ingestCorpus } from './corpus.ts'
import { fillWithCity } from './fill.ts'
import { keeps, type Bench, type Line, type Measure } from './measure.ts'
import { access } from './measures/access.ts'
import { csv } from './measures/csv.ts'
import { disk } from './measures/disk.ts'
import { everything } from './measures/everything.ts'
import { find } from './measures/find.ts'
import { ingest } from './measures/ingest.ts'
import { largeFile } from './measures/large-file.ts'
import { mllp } from './measures/mllp.ts'
import { patients } from './measures/patients.ts'
import { read } from './measures/read.ts'
import { search } from './measures/search.ts'
import { start } from './measures/start.ts'
import { inProcess } from './measures/in-process.ts'
import { mapping } from './measures/mapping.ts'
import { MemoryWatch } from './memory.ts'
import { bareClient, makeDataDir, removeDataDir, serve, type Served } from './process.ts'
import { printTable } from './table.ts'

/** The corpus is sent again and again: those who were one person each time would be linked into one of a dozen records. */
const UNLINKED = { LINKING: 'off' }

/** In this order: the disk is weighed before the city joins the corpus, the start is timed on a full database. */
const measures: readonly Measure[] = [
  ingest,
  disk,
  read,
  everything,
  access,
  search,
  start,
  patients,
  inProcess,
  mapping,
  csv,
  mllp,
  largeFile,
  find,
]

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    profile: { type: 'string', default: '' },
  },
})

/** `npm run bench [-- --quick] [-- --only read] [-- --json] [-- --profile folder]`: measures the server against the machine it runs on. */
async function main(): Promise<void> {
  const chosen = measures.filter(({ name }) => options.only.length === 0 || options.only.includes(name))
  if (chosen.length === 0) throw new Error(`--only takes one of: ${measures.map(({ name }) => name).join(', ')}.`)
  const dataDir = await makeDataDir()
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  let server = await serve(dataDir, { PROFILE_DIR: options.profile, ...UNLINKED })
  let client = await bareClient(dataDir)
  const memory = new MemoryWatch(() => server.pid)
  const corpus = ingestCorpus(options.quick)
  const bench: Bench = {
    quick: options.quick,
    corpus,
    dataDir,
    profile: options.profile,
    say,
    get server() {
      return server
    },
    get client() {
      return client
    },
    fill: (resources) => fillWithCity(client, new URL(server.base).origin, resources),
    async restart() {
      await client.end()
      await server.stop()
      ;[server, client] = await again(dataDir)
      return server
    },
  }
  try {
    const lines: Line[] = []
    for (const measure of needed(chosen)) {
      say(`${measure.name} …`)
      const found = await measure.run(bench)
      if (chosen.includes(measure)) lines.push(...found)
    }
    lines.push({
      measure: 'memory of the server, peak (RSS)',
      value: memory.peak,
      unit: 'MB',
      bar: { of: 'value', most: 400 },
    })
    await report(lines, client)
  } catch (error) {
    say(server.output())
    throw error
  } finally {
    memory.stop()
    await client.end()
    await server.stop()
    await removeDataDir(dataDir)
  }
}

/** What reads needs something to read. */
function needed(chosen: readonly Measure[]): readonly Measure[] {
  const reads = [disk, read, everything, access, start]
  return !chosen.includes(ingest) && chosen.some((measure) => reads.includes(measure)) ? [ingest, ...chosen] : chosen
}

async function again(dataDir: string): Promise<[Served, pg.Client]> {
  const server = await serve(dataDir, { PROFILE_DIR: options.profile, ...UNLINKED })
  return [server, await bareClient(dataDir)]
}

async function report(lines: readonly Line[], client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version")
  const machine = {
    date: new Date().toISOString(),
    commit: commit(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgresql: rows[0]?.version ?? 'unknown',
  }
  const rounded = lines.map((line) => ({ ...round(line), ...(line.bar && { kept: keeps(line) }) }))
  const text = JSON.stringify({ machine, quick: options.quick, lines: rounded }, null, 2)
  console.log(options.json ? text : printTable(lines, machine))
  if (options.quick || options.only.length > 0) return
  const folder = new URL('./results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('latest.json', folder), `${text}\n`)
}

function round(line: Line): Line {
  const short = (value: number) => Number(value.toPrecision(4))
  return {
    ...line,
    value: short(line.value),
    ...(line.ceiling && { ceiling: { ...line.ceiling, value: short(line.ceiling.value) } }),
    ...(line.ratio !== undefined && { ratio: short(line.ratio) }),
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return 'unknown'
  }
}

await main()
