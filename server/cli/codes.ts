import type { UnmappedCode } from '../intake/work-list.ts'
import { withDoor, type Door, type Run } from './door.ts'
import { slugOf } from './mappers.ts'
import { inColumns, many, needed, readWords, Said, Usage } from './words.ts'

/** A word of a facility's code list, and what it means. */
interface MappedCode {
  readonly list: string
  readonly code: string
  readonly target: string
}

/** The words that nobody has coded yet, or one of them coded. */
export const codesCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server'])
  const [name = '', list, code, target] = needed(words, 'codes <facility> [<list> <code> <system|code>]')
  if (list === undefined) return withDoor(config, option('server'), (door) => shown(door, name))
  if (code === undefined || target === undefined) {
    const example = `codes ${name} drug 'PCM 650' 'atc|N02BE01'`
    throw new Usage(`Write: codes ${name} ${list} <code> <system|code>, such as ${example}`)
  }
  return withDoor(config, option('server'), (door) => mapped(door, name, { list, code, target }))
}

async function mapped(door: Door, name: string, one: MappedCode): Promise<Said> {
  const value = (await door.post(`${slugOf(name)}/codes`, JSON.stringify(one))) as { replayed: number }
  const when = door.running ? 'are processed again now' : 'are processed again when the server runs'
  const waited = `${many(value.replayed, 'record')} that waited for it`
  return new Said(value, [`"${one.code}" is mapped to ${one.target}; ${waited} ${when}.`])
}

async function shown(door: Door, name: string): Promise<Said> {
  const value = (await door.get(`${slugOf(name)}/codes`)) as { unmapped: UnmappedCode[]; mapped: MappedCode[] }
  const rows = value.unmapped.map(({ list, code, seen, waiting }) => {
    return ['', list, code, `seen ${seen} times`, `${many(waiting, 'record')} waiting`]
  })
  const done = value.mapped.map(({ list, code, target }) => ['', list, code, target])
  return new Said(value, [
    ...(rows.length > 0 ? ['Without a code, most frequent first:', ...inColumns(rows)] : ['Every word has its code.']),
    ...(done.length > 0 ? ['Mapped here:', ...inColumns(done)] : []),
  ])
}
