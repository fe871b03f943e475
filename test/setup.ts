import { share, startServer } from './harness/postgres.ts'

/** Before and after a whole run (mocha's global fixtures): one PostgreSQL for all its workers. */
let stop: (() => Promise<void>) | undefined

export async function mochaGlobalSetup(): Promise<void> {
  const server = await startServer()
  stop = () => server.stop()
  share(server)
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stop?.()
}
