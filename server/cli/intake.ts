import type { Issue } from '../../mappers/issues.ts'
import type { RecordOutcome } from '../intake/records.ts'
import type { Traced } from '../intake/trace.ts'
import { withDoor, type Run } from './door.ts'
import { slugOf } from './mappers.ts'
import { inColumns, many, needed, readWords, Said, shortTime, Usage } from './words.ts'

/** Commands on what facilities have sent. */

interface Status {
  readonly message: string
  readonly state: string
  readonly total: number
  readonly counts: Readonly<Record<string, number>>
  readonly arrived: string
  readonly filename?: string
  readonly via: string
  readonly issues: readonly { readonly message: string; readonly remedy: string }[]
}

export const intakeCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server', 'limit'])
  const [name = ''] = needed(words, 'intake <facility> [--limit=50]')
  return withDoor(config, option('server'), async (door) => {
    const value = (await door.get(`${slugOf(name)}?limit=${option('limit') ?? '50'}`)) as { messages: Status[] }
    const { messages } = value
    if (messages.length === 0) return new Said(value, ['Nothing has come from it yet.'])
    return new Said(value, [...inColumns(messages.map(messageRow)), ...messages.flatMap(issueLines)])
  })
}

function messageRow({ message, state, total, counts, arrived, filename, via }: Status): string[] {
  const outcomes = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`)
  return [message, shortTime(arrived), filename ?? via, state, many(total, 'record'), outcomes.join(', ')]
}

/** The first issues of a whole message. */
function issueLines({ message, issues }: Status): string[] {
  return issues.slice(0, 3).map((one) => `  ${message}: ${one.message} ${one.remedy}`)
}

export const quarantineCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server', 'limit'])
  const [name = ''] = needed(words, 'quarantine <facility> [--limit=100]')
  return withDoor(config, option('server'), async (door) => {
    const path = `${slugOf(name)}/quarantine?limit=${option('limit') ?? '100'}`
    const value = (await door.get(path)) as { records: RecordOutcome[] }
    const lines = value.records.flatMap(recordLines)
    return new Said(value, lines.length > 0 ? lines : ['Nothing is set aside and nothing waits.'])
  })
}

function recordLines({ message, line, state, issues }: RecordOutcome): string[] {
  return [`${message} line ${line}: ${state}`, ...issues.map((one) => `    ${told(one)}`)]
}

function told({ column = '', value, message, remedy }: Issue): string {
  return `${column}${value === undefined ? '' : ` (${value})`} ${message} ${remedy}`
}

export const traceCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server'])
  const [reference = ''] = needed(words, 'trace <Type/id>')
  if (!/^[A-Za-z]+\/[A-Za-z0-9.-]+$/.test(reference))
    throw new Usage('Write: trace <Type/id>, such as trace Patient/3f2a')
  return withDoor(config, option('server'), async (door) => {
    const value = (await door.get(`trace/${reference}`)) as { versions: Traced[] }
    const lines = value.versions.map(traceLine)
    return new Said(value, lines.length > 0 ? lines : ['No record of the intake made it: it was written directly.'])
  })
}

function traceLine({
  version,
  facility,
  filename,
  via,
  line,
  number,
  arrived,
  message,
  mapping,
  state,
}: Traced): string {
  const place = `${filename ?? via}, line ${line} (record ${number})`
  const how = `arrived ${shortTime(arrived)}, mapping version ${mapping}, ${state}`
  return `version ${version}: ${facility}, ${place}, ${how}\n  message ${message}`
}
