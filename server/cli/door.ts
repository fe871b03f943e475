import { buildHouse, bringUpToDate, openStore } from '../app.ts'
import type { Config } from '../config.ts'
import { openDoor } from '../http/server.ts'
import { libraryCatalog } from '../intake/library-catalog.ts'
import { openIntake } from '../intake/open.ts'
import { makeLog } from '../log.ts'
import { openLibrary } from './mappers.ts'

/** How commands on the intake ask: always over its HTTP endpoint, whoever has the database. */
export interface Door {
  get(path: string): Promise<unknown>
  post(path: string, body?: string): Promise<unknown>
  /** An answer in lines of JSON: each but the last is told, the last is the answer. */
  lines(path: string, body: string, tell: (line: Readonly<Record<string, unknown>>) => void): Promise<unknown>
  /** The work that a command puts in is done at once: a server runs. */
  readonly running: boolean
}

/**
 * Asks the server named by `--server`; else the database itself, through a door that is open only for this command; and
 * where a running server has the (embedded) database, that one at its usual address.
 */
export async function withDoor<T>(config: Config, server: string | undefined, work: (door: Door) => Promise<T>): Promise<T> {
  if (server !== undefined) return work(doorAt(server.replace(/\/+$/, ''), true))
  const log = makeLog(config.logLevel)
  let db
  try {
    db = await openStore(config, log)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('in use by another running Parchi')) throw error
    const origin = config.publicUrl || `http://${config.host}:${config.port}`
    console.error(`A server is running: asking it at ${origin} (--server=… names another address).`)
    return work(doorAt(origin, true))
  }
  try {
    const house = await buildHouse({ ...config, port: 1 }, db, log)
    await bringUpToDate(house)
    const catalog = libraryCatalog(openLibrary)
    const door = await openDoor(house, {
      ...config, host: '127.0.0.1', port: 0, publicUrl: '', readiness: () => undefined,
      intakeOf: (open, base) => openIntake(open, { catalog, base, lanes: 0 }),
    }) // prettier-ignore
    try {
      return await work(doorAt(door.origin, false))
    } finally {
      await door.close(1000)
    }
  } finally {
    await db.close()
  }
} // prettier-ignore

function doorAt(origin: string, running: boolean): Door {
  const ask = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetch(`${origin}/intake/${path}`, init).catch((error: unknown) => {
      throw new Error(`Nothing answers at ${origin}: is the server running there?`, { cause: error })
    })
    if (!response.ok) throw new Error(await refusal(response))
    return response
  }
  const post = (path: string, body?: string) =>
    ask(path, { method: 'POST', ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }) })
  return {
    running,
    get: async (path) => (await ask(path)).json() as Promise<unknown>,
    post: async (path, body) => (await post(path, body)).json() as Promise<unknown>,
    async lines(path, body, tell) {
      const response = await post(path, body)
      let rest = ''
      let last: unknown
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) {
        const texts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n')
        rest = texts.pop() ?? ''
        for (const text of texts) {
          last = JSON.parse(text)
          tell(last as Readonly<Record<string, unknown>>)
        }
      }
      return last
    },
  }
}

/** The issues of an OperationOutcome, in plain words. */
async function refusal(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const { issue = [] } = JSON.parse(text) as { issue?: { diagnostics?: string; details?: { text?: string } }[] }
    const said = issue.map(({ diagnostics, details }) => details?.text ?? diagnostics ?? '').filter(Boolean)
    if (said.length > 0) return said.join('\n')
  } catch {
    // told below
  }
  return `The server answered ${response.status}.`
}
