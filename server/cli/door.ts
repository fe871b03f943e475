import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { buildHouse, bringUpToDate } from '../app.ts'
import type { Config } from '../config.ts'
import { FhirError } from '../errors.ts'
import type { Authority } from '../http/authority.ts'
import { openDoor } from '../http/server.ts'
import { libraryCatalog } from '../intake/library-catalog.ts'
import { openIntake } from '../intake/open.ts'
import type { House } from '../interactions/house.ts'
import { makeLog } from '../log.ts'
import { openStore, operatorFile } from '../record.ts'
import { openLibrary } from './mappers.ts'
import type { Said } from './words.ts'

/** A command that asks at a door. */
export type Run = (given: readonly string[], config: Config) => Promise<Said>

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
export async function withDoor<T>(
  config: Config,
  server: string | undefined,
  work: (door: Door) => Promise<T>,
): Promise<T> {
  if (server !== undefined) return work(doorAt(server.replace(/\/+$/, ''), true, config.accessToken))
  const log = makeLog(config.logLevel)
  let db
  try {
    db = await openStore(config, log)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('in use by another running Parchi')) throw error
    const local = `${config.tlsCert === '' ? 'http' : 'https'}://${config.host}:${config.port}`
    const origin = config.publicUrl || local
    console.error(`A server is running: asking it at ${origin} (--server=… names another address).`)
    return work(doorAt(origin, true, (await operatorOf(config)) ?? config.accessToken))
  }
  try {
    return await throughOwnDoor(config, await buildHouse({ ...config, port: 1 }, db, log), work)
  } finally {
    await db.close()
  }
}

/** A door that is open only to this command, not to others on this machine. */
async function throughOwnDoor<T>(config: Config, house: House, work: (door: Door) => Promise<T>): Promise<T> {
  await bringUpToDate(house)
  const catalog = libraryCatalog(openLibrary)
  const operator = randomBytes(32).toString('base64url')
  const door = await openDoor(house, {
    ...config,
    host: '127.0.0.1',
    port: 0,
    publicUrl: '',
    tlsCert: '',
    readiness: () => undefined,
    operator,
    authorityOf: () => closed,
    intakeOf: (open, base) => openIntake(open, { catalog, base, lanes: 0 }),
  })
  try {
    return await work(doorAt(door.origin, false, operator))
  } finally {
    await door.close(1000)
  }
}

async function operatorOf(config: Config): Promise<string | undefined> {
  const file = operatorFile(config)
  return file === undefined ? undefined : readFile(file, 'utf8').catch(() => undefined)
}

/** Knows nobody: behind it only the token of the command opens. */
const closed: Authority = {
  who: () => Promise.reject(new FhirError('unauthenticated', 'This door is open for one command only.')),
  listener: (_req, res) => void res.writeHead(404).end(),
  origins: async () => new Set(),
  smartConfiguration: () => ({}),
}

function doorAt(origin: string, running: boolean, token: string | undefined): Door {
  const shown = token === undefined ? undefined : { authorization: `Bearer ${token}` }
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string> | undefined), ...shown }
    const response = await fetch(`${origin}/intake/${path}`, { ...init, headers }).catch((error: unknown) => {
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
