import { inspect } from 'node:util'
import { buildHouse, bringUpToDate } from './app.ts'
import { appCommand } from './cli/apps.ts'
import { auditCommand } from './cli/audit.ts'
import { facilityCommand } from './cli/facility.ts'
import { codesCommand } from './cli/codes.ts'
import { historyCommand, rollbackCommand } from './cli/history.ts'
import { intakeCommand, quarantineCommand, traceCommand } from './cli/intake.ts'
import { keysCommand } from './cli/keys.ts'
import { replayCommand } from './cli/replay.ts'
import { load } from './cli/load.ts'
import { mapCommand } from './cli/map.ts'
import { matchEvalCommand, matchTrainCommand } from './cli/match.ts'
import { publishCommand } from './cli/publish.ts'
import { Said, Usage } from './cli/words.ts'
import { ConfigError, describeConfig, readConfig } from './config.ts'
import { desk } from './interactions/desk.ts'
import type { House } from './interactions/house.ts'
import { makeLog } from './log.ts'
import { openStore } from './record.ts'
import { conformanceOf } from './operations/conformance.ts'
import { forgetEntries } from './operations/reindex.ts'
import { system } from './cli/system.ts'
import { today } from './profiles/scores.ts'
import { patientsCommand } from './cli/patients.ts'
import { smsCommand, staffCommand } from './cli/staff.ts'
import { peopleOf } from './people/people.ts'
import { terminology } from './cli/terminology.ts'

/** `npm run -s parchi -- <command>`: the administrator's hand. Every command answers JSON with --json. */
interface Command {
  readonly help: string
  run(words: readonly string[]): Promise<object>
}

const commands: Record<string, Command> = {
  help: {
    help: 'this list',
    run: async () => Object.fromEntries(Object.entries(commands).map(([name, { help }]) => [name, help])),
  },
  config: { help: 'the settings: value in force, default, meaning', run: async () => describeConfig(process.env) },
  version: { help: 'versions of FHIR, Node and the database', run: () => withHouse(versionsOf) },
  capability: { help: 'the CapabilityStatement', run: () => withHouse(capability) },
  reindex: { help: 'make every search entry anew', run: () => withHouse(reindexAll) },
  conformance: {
    help: 'conformance [facility]: how well facilities kept to the profiles in the last 30 days, and their top findings',
    run: (facilities) => withHouse((house) => conformanceReport(house, facilities)),
  },
  load: {
    help: 'load <folders or files> [--facility <Organization id>]: bundles and resources as JSON, as that facility’s own',
    run: (paths) => withHouse((house) => load(house, paths)),
  },
  terminology: {
    help: 'load <loinc|snomed|icd10|icd11> <folder or file> [--version=…]: a release you own',
    run: (words) => withHouse((house) => terminology(house, words)),
  },
  facility: {
    help: 'facility list | explain <facility> | suggest <file> [--slug=… --hfr=… --write] | check <facility>: the files of mappers/facilities',
    run: facilityCommand,
  },
  map: { help: 'map <facility> <file> [--rows=20]: what each row would come to; nothing is stored', run: mapCommand },
  publish: {
    help: 'publish <facility> [--days=7] [--yes]: checks its file, shows what it would change, and puts it in use',
    run: (words) => publishCommand(words, quiet()),
  },
  rollback: {
    help: 'rollback <facility> <version>: an earlier mapping again',
    run: (words) => rollbackCommand(words, quiet()),
  },
  history: { help: 'history <facility>: the versions of its mapping', run: (words) => historyCommand(words, quiet()) },
  trace: {
    help: 'trace <Type/id>: file, line and mapping of each version',
    run: (words) => traceCommand(words, quiet()),
  },
  intake: {
    help: 'intake <facility>: what it has sent, and what became of it',
    run: (words) => intakeCommand(words, quiet()),
  },
  quarantine: {
    help: 'quarantine <facility>: what is set aside or waits, why, and the remedy',
    run: (words) => quarantineCommand(words, quiet()),
  },
  codes: {
    help: 'codes <facility> [<list> <code> <system|code>]: words without a code; maps one',
    run: (words) => codesCommand(words, quiet()),
  },
  replay: {
    help: 'replay <facility> --from=2026-11-01 [--to=…] | --message=… [--records=3,17]: processes it again',
    run: (words) => replayCommand(words, quiet()),
  },
  audit: {
    help: 'audit head | verify [--from=<seal>] [--anchor=<seal>:<hash>] [--file=<archive>] | archive --before=<date> --to=<folder>: whether the audit is as it was written (exits with 1 when it is not); what is older than a year into files',
    run: (words) => withHouse((house) => auditCommand(house, words)),
  },
  patients: {
    help: 'patients [link|relink]: how many records and people; link what waits, or everybody anew (decisions are kept)',
    run: (words) => withHouse((house) => patientsCommand(house, words)),
  },
  app: {
    help: 'app list | add <id> --name=… --kind=backend|confidential|public … | keys | secret | remove <id>: the applications that may ask for tokens',
    run: (words) => withHouse((house) => appCommand(house, words)),
  },
  keys: {
    help: 'keys list | rotate | draw: what signs tokens and cookies; the former keys are good until their tokens ran out',
    run: (words) => withHouse((house) => keysCommand(house, quiet(), words)),
  },
  staff: {
    help: 'staff list | add --username=… --name=… --role=… [--facility=…] | assign | reset | totp | remove | restore: who logs in, and as what',
    run: (words) => withHouse(async (house) => staffCommand(await peopleOf(house, '', quiet()), words)),
  },
  sms: {
    help: 'sms outbox: the messages that no gateway sends',
    run: (words) => withHouse(async (house) => smsCommand(await peopleOf(house, '', quiet()), words)),
  },
  'match-eval': {
    help: 'match-eval [--people=50000] [--seed=test] | --febrl=<csv> | --names=<tsv>: how well patients are matched, beside other methods',
    run: matchEvalCommand,
  },
  'match-train': {
    help: 'match-train [--template=city|general] [--out=<file>] [files or folders of Patients]: weights from unlabelled records',
    run: matchTrainCommand,
  },
}

const [name = 'help', ...words] = process.argv.slice(2).filter((word) => word !== '--json')
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
if (!command) {
  console.error(`There is no command ${name}. npm run -s parchi -- help lists them.`)
  process.exit(2)
}
try {
  await print(await command.run(words), process.argv.includes('--json') || name === 'capability')
  process.exit(process.exitCode ?? 0)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(error instanceof ConfigError || error instanceof Usage ? 2 : 1)
}

function quiet(): ReturnType<typeof readConfig> {
  return readConfig({ LOG_LEVEL: 'warn', ...process.env })
}

/** The house without its door, on the same settings as the server. An embedded database serves one process at a time. */
async function withHouse(work: (house: House) => Promise<object>): Promise<object> {
  const config = quiet()
  const log = makeLog(config.logLevel)
  const db = await openStore(config, log)
  try {
    const house = await buildHouse(config, db, log)
    const result = await work(house)
    await house.journal.close()
    return result
  } finally {
    await db.close()
  }
}

async function versionsOf(house: House): Promise<object> {
  const [row] = await house.db.prepared<{ version: string }>(
    'server_version',
    "select current_setting('server_version') as version",
    [],
  )
  return {
    fhir: '4.0.1',
    node: process.versions.node,
    postgresql: row?.version,
    searchParameters: house.registry.fingerprint,
  }
}

async function capability(house: House): Promise<object> {
  const reply = await desk(house, system('cli'), { method: 'GET', path: ['metadata'], query: [], headers: {} })
  return JSON.parse(typeof reply.body === 'string' ? reply.body : '{}') as object
}

async function conformanceReport(house: House, facilities: readonly string[]): Promise<object> {
  const [from, to] = [today(Date.now() - 30 * 86_400_000), today()]
  const asked = facilities.length > 0 ? facilities : undefined
  const scores = await conformanceOf(house, { facilities: asked, from, to, top: 10 })
  if (process.argv.includes('--json')) return scores
  return scores.flatMap(({ facility, score, judged, findings }) => {
    const [top] = findings
    return [
      { facility, score, judged, 'top finding': top ? `${top.path}: ${top.message}` : '', remedy: top?.hint ?? '' },
    ]
  })
}

async function reindexAll(house: House): Promise<object> {
  const started = performance.now()
  await forgetEntries(house)
  const resources = await bringUpToDate(house)
  return { resources, seconds: Math.round(performance.now() - started) / 1000 }
}

/** Resolves when all is written: a pipe takes long texts piece by piece. */
/** What is made of parts is written out. */
function shownAs(value: unknown): string {
  return typeof value === 'object' && value !== null ? inspect(value, { depth: 6, breakLength: 100 }) : String(value)
}

function print(result: object, json: boolean): Promise<void> {
  const said = result instanceof Said ? result : undefined
  if (!json && Array.isArray(result)) console.table(result)
  const lines = said ? said.lines : Object.entries(result).map(([key, value]) => `${key.padEnd(18)} ${shownAs(value)}`)
  const text = json ? JSON.stringify(said?.value ?? result, null, 2) : Array.isArray(result) ? '' : lines.join('\n')
  return new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()))
}
