import { median } from '../load/job.ts'
import { makeDataDir, removeDataDir, serve } from '../process.ts'
import type { Line, Measure } from '../measure.ts'

/** From the spawn of the process to the first answered search: on an empty folder, and again on a full database. */
export const start: Measure = {
  name: 'start',
  async run(bench) {
    const warm: number[] = []
    for (let i = 0; i < (bench.quick ? 1 : 3); i++) warm.push((await bench.restart()).startedIn)
    return [
      line('cold start', await coldStart()),
      { ...line('warm start', median(warm)), bar: { of: 'value', most: 2 } },
    ]
  },
}

async function coldStart(): Promise<number> {
  const folder = await makeDataDir()
  try {
    const server = await serve(folder)
    await server.stop()
    return server.startedIn
  } finally {
    await removeDataDir(folder)
  }
}

function line(measure: string, milliseconds: number): Line {
  return { measure, value: milliseconds / 1000, unit: 's' }
}
