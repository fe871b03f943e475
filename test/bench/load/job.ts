import { fork } from 'node:child_process'

/** One request, serialised beforehand. */
export interface Shot {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: string
}

export interface Job {
  readonly origin: string
  /** Keep-alive connections, each sending its next request when the answer to the last one is complete. */
  readonly connections: number
  readonly shots: readonly Shot[]
  /** With every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** How often the shots are gone through, with `once`. */
  readonly rounds?: number
  /** `once`: each shot one time, latencies kept. `seconds`: round and round for so long, counted by autocannon. */
  readonly until: 'once' | { readonly seconds: number }
}

export interface Score {
  readonly requests: number
  readonly seconds: number
  readonly perSecond: number
  /** Milliseconds, where each request was timed (`once`). */
  readonly p50?: number
  readonly p95?: number
  /** Answers that were not 2xx: a bench that counts refusals measures nothing, so callers check it. */
  readonly failures: number
  readonly firstFailure?: string
}

/** Runs a job in a process of its own, so that the load does not share an event loop with what measures. */
export async function runJob(job: Job): Promise<Score> {
  const child = fork(new URL('./worker.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
  try {
    const score = await new Promise<Score>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Score))
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`The load process ended with ${code}.`)))
      child.send(job)
    })
    if (score.failures > 0)
      throw new Error(
        `${score.failures} of ${score.requests} requests failed, the first with ${score.firstFailure ?? 'no answer'}.`,
      )
    return score
  } finally {
    child.removeAllListeners('exit')
    child.kill()
  }
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  )
}
