import type { Request, Response } from 'express'
import type { BlockList } from 'node:net'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import type { House } from '../interactions/house.ts'
import type { Authority } from './authority.ts'
import { bearerOf, isSame } from './bearer.ts'
import type { Metrics } from './metrics.ts'
import { cameFrom } from './proxy.ts'

/** What still keeps the server from serving, by name (`reindexing`, `stopping`); nothing when it is ready. */
export type Readiness = () => string | undefined

/** The process runs. Restart it when this fails. */
export function livez(_req: Request, res: Response): void {
  res.type('text/plain').send('ok\n')
}

/** The server can do its work. Send it no requests while this fails. */
export function readyz(house: House, readiness: Readiness) {
  return async (_req: Request, res: Response): Promise<void> => {
    const reason = readiness() ?? (await databaseTrouble(house))
    res
      .status(reason === undefined ? 200 : 503)
      .type('text/plain')
      .send(`${reason ?? 'ready'}\n`)
  }
}

export interface MetricsReaders {
  /** Absent: AUTH=open. */
  readonly authority?: Authority | undefined
  readonly metricsToken?: string | undefined
  readonly trustProxy?: BlockList | undefined
}

/** For this machine, whoever has METRICS_TOKEN, and administrators. */
export function metricsPage(metrics: Metrics, readers: MetricsReaders = {}) {
  return async (req: Request, res: Response): Promise<void> => {
    const refusal = await refusalOfMetrics(req, readers)
    if (refusal) {
      if (refusal.status === 401) res.set('www-authenticate', 'Bearer')
      res.status(refusal.status).type('text/plain').send(`${refusal.message}\n`)
      return
    }
    res
      .set('cache-control', 'no-store')
      .set('content-type', metrics.contentType)
      .send(await metrics.print())
  }
}

async function refusalOfMetrics(
  req: Request,
  { authority, metricsToken, trustProxy }: MetricsReaders,
): Promise<FhirError | undefined> {
  if (!authority || cameFrom(req, trustProxy).local) return undefined
  if (metricsToken !== undefined && isSame(bearerOf(req), metricsToken)) return undefined
  try {
    const actor = await authority.who(req)
    if (!('role' in actor) || actor.role === 'administrator') return undefined
    return new FhirError('forbidden', 'Metrics are for administrators.')
  } catch (error) {
    if (error instanceof FhirError) return error
    throw error
  }
}

async function databaseTrouble(house: House): Promise<string | undefined> {
  try {
    await house.db.rows(sql`select 1`)
    return undefined
  } catch {
    return 'the database does not answer'
  }
}
