import type { Config } from '../config.ts'
import type { Published } from '../intake/mappings.ts'
import type { RecordOutcome } from '../intake/records.ts'
import type { Traced } from '../intake/trace.ts'
import type { UnmappedCode } from '../intake/work-list.ts'
import { withDoor } from './door.ts'
import { slugOf } from './mappers.ts'
import { inColumns, many, needed, readWords, Said, Usage } from './words.ts'

/** Commands on what facilities have sent. */
type Run = (given: readonly string[], config: Config) => Promise<Said>

export const rollbackCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server'])
  const [name = '', version = ''] = needed(words, 'rollback <facility> <version>', 2)
  return withDoor(config, option('server'), async (door) => {
    const value = (await door.post(`${slugOf(name)}/mappings/rollback?version=${encodeURIComponent(version)}`)) as Published
    return new Said(value, [`Version ${value.version} of ${value.facility} is in use from now on.`])
  })
} // prettier-ignore

export const historyCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server'])
  const [name = ''] = needed(words, 'history <facility>')
  return withDoor(config, option('server'), async (door) => {
    const value = (await door.get(`${slugOf(name)}/mappings`)) as { mappings: Published[] }
    const rows = value.mappings.map(({ version, published, active, fingerprint }) => [`version ${version}`, shortTime(published), fingerprint.slice(0, 12), active ? 'in use' : '']) // prettier-ignore
    return new Said(value, inColumns(rows))
  })
}

export const traceCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server'])
  const [reference = ''] = needed(words, 'trace <Type/id>')
  if (!/^[A-Za-z]+\/[A-Za-z0-9.-]+$/.test(reference)) throw new Usage('Write: trace <Type/id>, such as trace Patient/3f2a')
  return withDoor(config, option('server'), async (door) => {
    const value = (await door.get(`trace/${reference}`)) as { versions: Traced[] }
    const lines = value.versions.map(
      ({ version, facility, filename, line, number, arrived, via, message, mapping, state }) =>
        `version ${version}: ${facility}, ${filename ?? via}, line ${line} (record ${number}), arrived ${shortTime(arrived)}, mapping version ${mapping}, ${state}\n  message ${message}`,
    )
    return new Said(value, lines.length > 0 ? lines : ['No record of the intake made it: it was written directly.'])
  })
} // prettier-ignore

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
    const rows = value.messages.map(({ message, state, total, counts, arrived, filename, via }) => [
      message, shortTime(arrived), filename ?? via, state, many(total, 'record'), Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`).join(', '),
    ]) // prettier-ignore
    const whole = value.messages.flatMap(({ message, issues }) => issues.slice(0, 3).map((one) => `  ${message}: ${one.message} ${one.remedy}`)) // prettier-ignore
    return new Said(value, rows.length > 0 ? [...inColumns(rows), ...whole] : ['Nothing has come from it yet.'])
  })
}

export const quarantineCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server', 'limit'])
  const [name = ''] = needed(words, 'quarantine <facility> [--limit=100]')
  return withDoor(config, option('server'), async (door) => {
    const value = (await door.get(`${slugOf(name)}/quarantine?limit=${option('limit') ?? '100'}`)) as { records: RecordOutcome[] } // prettier-ignore
    const lines = value.records.flatMap(({ message, line, state, issues }) => [
      `${message} line ${line}: ${state}`,
      ...issues.map((one) => `    ${one.column ?? ''}${one.value === undefined ? '' : ` (${one.value})`} ${one.message} ${one.remedy}`),
    ])
    return new Said(value, lines.length > 0 ? lines : ['Nothing is set aside and nothing waits.'])
  })
} // prettier-ignore

export const codesCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server'])
  const [name = '', list, code, target] = needed(words, 'codes <facility> [<list> <code> <system|code>]')
  return withDoor(config, option('server'), async (door) => {
    if (list !== undefined && (code === undefined || target === undefined)) throw new Usage(`Write: codes ${name} ${list} <code> <system|code>, such as codes ${name} drug 'PCM 650' 'atc|N02BE01'`) // prettier-ignore
    if (list !== undefined) {
      const value = (await door.post(`${slugOf(name)}/codes`, JSON.stringify({ list, code, target }))) as { replayed: number } // prettier-ignore
      const when = door.running ? 'are processed again now' : 'are processed again when the server runs'
      return new Said(value, [`"${code}" is mapped to ${target}; ${many(value.replayed, 'record')} that waited for it ${when}.`])
    }
    const value = (await door.get(`${slugOf(name)}/codes`)) as { unmapped: UnmappedCode[]; mapped: { list: string; code: string; target: string }[] } // prettier-ignore
    const rows = value.unmapped.map((one) => ['', one.list, one.code, `seen ${one.seen} times`, `${many(one.waiting, 'record')} waiting`]) // prettier-ignore
    const done = value.mapped.map((one) => ['', one.list, one.code, one.target])
    return new Said(value, [
      ...(rows.length > 0 ? ['Without a code, most frequent first:', ...inColumns(rows)] : ['Every word has its code.']),
      ...(done.length > 0 ? ['Mapped here:', ...inColumns(done)] : []),
    ])
  })
} // prettier-ignore

export const replayCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server', 'from', 'to', 'message', 'records'])
  const [name = ''] = needed(words, 'replay <facility> (--from=2026-11-01 [--to=…] | --message=… [--records=3,17])')
  const [message, from] = [option('message'), option('from')]
  if (message === undefined && from === undefined) throw new Usage('Write: replay <facility> with --from=2026-11-01, or with --message=… and the id of a message') // prettier-ignore
  return withDoor(config, option('server'), async (door) => {
    const when = door.running ? 'The server processes it now' : 'It is processed when the server runs'
    const see = `npm run -s parchi -- intake ${slugOf(name)} shows how far it is.`
    if (message !== undefined) {
      const records = option('records')
      const value = await door.post(`${slugOf(name)}/${encodeURIComponent(message)}/replay${records === undefined ? '' : `?records=${records}`}`) // prettier-ignore
      return new Said(value as object, [`${when}; ${see}`])
    }
    const range = new URLSearchParams({ from: dayOf(from ?? ''), to: dayOf(option('to') ?? new Date().toISOString()) })
    const value = (await door.post(`${slugOf(name)}/replay?${range.toString()}`)) as { messages: number }
    return new Said(value, [`${many(value.messages, 'message')} to be processed again. ${when}; ${see}`])
  })
}

/** A day is that of the city. */
function dayOf(text: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00+05:30` : text
}

function shortTime(time: Date | string): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}
