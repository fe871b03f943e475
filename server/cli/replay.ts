import { withDoor, type Run } from './door.ts'
import { slugOf } from './mappers.ts'
import { many, needed, readWords, Said, Usage } from './words.ts'

const usage = 'replay <facility> (--from=2026-11-01 [--to=…] | --message=… [--records=3,17])'

/** Processes again what has come: one message or some of its records, or all messages of some days. */
export const replayCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server', 'from', 'to', 'message', 'records'])
  const [name = ''] = needed(words, usage)
  const [message, from, records] = [option('message'), option('from'), option('records')]
  if (message === undefined && from === undefined)
    throw new Usage('Write: replay <facility> with --from=2026-11-01, or with --message=… and the id of a message')
  return withDoor(config, option('server'), async (door) => {
    const when = door.running ? 'The server processes it now' : 'It is processed when the server runs'
    const see = `npm run -s parchi -- intake ${slugOf(name)} shows how far it is.`
    if (message !== undefined) {
      const some = records === undefined ? '' : `?records=${records}`
      const value = await door.post(`${slugOf(name)}/${encodeURIComponent(message)}/replay${some}`)
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
