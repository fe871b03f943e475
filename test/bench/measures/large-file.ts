import { setTimeout as sleep } from 'node:timers/promises'
import { alone, type Alone } from '../intake/alone.ts'
import { clinic, register } from '../intake/register.ts'
import type { Measure } from '../measure.ts'
import { residentMegabytes } from '../process.ts'

/**
 * The same server takes a file of 20 MB and then one of 200 MB: what the second needs more is what grows with the size.
 * Both hold a thousand visits again and again, with long complaints: read, mapped and compared twice, and written once.
 */
export const largeFile: Measure = {
  name: 'large file',
  run: (bench) =>
    alone(bench, {}, async (server) => {
      const long = bench.quick ? 60 : 200
      await server.done(clinic, await server.send(clinic, block(0)))
      const small = await peak(server, 20)
      const before = performance.now()
      const large = await peak(server, long)
      const seconds = (performance.now() - before) / 1000
      return [
        {
          measure: `memory for a file of ${long} MB, above that for 20 MB`,
          value: large - small,
          unit: 'MB',
          bar: { of: 'value', most: 100 },
          note: `RSS peaks ${Math.round(small)} and ${Math.round(large)} MB; rows known already, ${Math.round(long / seconds)} MB/s`,
        },
      ]
    }),
}

/** A thousand visits, about 2 KB each. */
const block = (from: number) => register(from, 1000, 'Fever since 3 days and worse at night. '.repeat(24))

async function peak({ send, done, server }: Alone, megabytes: number): Promise<number> {
  let [most, running] = [0, true]
  const watch = (async () => {
    while (running) {
      most = Math.max(most, await residentMegabytes(server.pid))
      await sleep(50)
    }
  })()
  const counts = await done(clinic, await send(clinic, file(megabytes * 1024 * 1024)))
  running = false
  await watch
  const { duplicate = 0, ...others } = counts
  if (duplicate === 0 || Object.keys(others).length > 0)
    throw new Error(`Rows were not known: ${JSON.stringify(counts)}`)
  return most
}

/** The header once, and the same rows until it is so long. */
function file(size: number): ReadableStream<Uint8Array> {
  const whole = block(0)
  const rows = whole.subarray(whole.indexOf('\n', 0, 'utf16le') + 2)
  let [sent, begun] = [0, false]
  return new ReadableStream({
    pull(controller) {
      const piece = begun ? rows : whole
      begun = true
      if (sent >= size) return controller.close()
      sent += piece.length
      controller.enqueue(new Uint8Array(piece))
    },
  })
}
