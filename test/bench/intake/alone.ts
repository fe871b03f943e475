import type pg from 'pg'
import { setTimeout as sleep } from 'node:timers/promises'
import { typeNumber } from '../../../server/fhir/types.ts'
import type { Bench } from '../measure.ts'
import { bareClient, makeDataDir, removeDataDir, serve, type Served } from '../process.ts'

/** A server of its own on an empty database, whose intake is to be measured. */
export interface Alone {
  readonly server: Served
  readonly origin: string
  /** Puts a file into a facility's intake; its id. */
  readonly send: (facility: string, body: Buffer | ReadableStream<Uint8Array>) => Promise<string>
  /** When it is done: what became of its records. */
  readonly done: (facility: string, message: string) => Promise<Readonly<Record<string, number>>>
  /** Makes a frozen facility file the one that is used. */
  readonly publish: (facility: string, mapping: string) => Promise<void>
  /** Rows of a table. */
  readonly count: (table: 'resource') => Promise<number>
  /** Patients that the follower has not looked at yet. */
  readonly unlinked: () => Promise<number>
  /** When nothing is left to do. */
  readonly idle: () => Promise<void>
}

export async function alone<T>(
  bench: Bench,
  env: Readonly<Record<string, string>>,
  work: (alone: Alone) => Promise<T>,
) {
  const dataDir = await makeDataDir()
  const server = await serve(dataDir, { PROFILE_DIR: bench.profile, ...env })
  let client: pg.Client | undefined
  try {
    client = await bareClient(dataDir)
    return await work(aloneOf(server, client))
  } finally {
    await client?.end()
    await server.stop()
    await removeDataDir(dataDir)
  }
}

/** Neither known to it nor golden. */
const UNLINKED = `
  select count(*)::integer as n from resource r
  where r.type = ${typeNumber('Patient')} and not exists (select from person p where p.rid = r.rid and p.version = r.version)
    and not exists (select from person_golden g where g.rid = r.rid)`

function aloneOf(server: Served, client: pg.Client): Alone {
  const { origin } = new URL(server.base)
  const number = async (text: string) => (await client.query<{ n: number }>(text)).rows[0]?.n ?? 0
  return {
    server,
    origin,
    async send(facility, body) {
      const sent = body instanceof ReadableStream ? body : new Uint8Array(body)
      const request = {
        method: 'POST',
        body: sent,
        duplex: 'half',
        headers: { 'content-type': 'text/csv' },
      } as RequestInit
      const answer = await fetch(`${origin}/intake/${facility}`, request)
      const receipt = (await answer.json()) as { message?: string }
      if (answer.status !== 202 || !receipt.message) throw new Error(`The intake answered ${answer.status}.`)
      return receipt.message
    },
    async done(facility, message) {
      for (;;) {
        const answer = await fetch(`${origin}/intake/${facility}/${message}`)
        const { state, counts, issues } = (await answer.json()) as {
          state: string
          counts: Record<string, number>
          issues: object[]
        }
        if (state === 'held') throw new Error(`The file was held: ${JSON.stringify(issues)}`)
        if (state === 'done') return counts
        await sleep(25)
      }
    },
    async publish(facility, mapping) {
      const answer = await fetch(`${origin}/intake/${facility}/mappings`, { method: 'POST', body: mapping })
      if (answer.status !== 200) throw new Error(`Publishing was answered ${answer.status}.`)
    },
    count: (table) => number(`select count(*)::integer as n from ${table}`),
    unlinked: () => number(UNLINKED),
    async idle() {
      while ((await client.query('select from job limit 1')).rowCount !== 0) await sleep(25)
    },
  }
}

/** Seconds until nobody waits for being linked. */
export async function linked({ unlinked }: Alone): Promise<number> {
  const before = performance.now()
  while ((await unlinked()) > 0) await sleep(50)
  return (performance.now() - before) / 1000
}
