import type { Request, Response } from 'express'
import { sql } from '../db/sql.ts'
import type { House } from '../interactions/house.ts'
import type { Metrics } from './metrics.ts'

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

export function metricsPage(metrics: Metrics) {
  return async (_req: Request, res: Response): Promise<void> => {
    res.set('content-type', metrics.contentType).send(await metrics.print())
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
