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

/** The same shots at several servers in turns, so that whatever slows the machine down slows them all. */
export interface Turns {
  readonly sides: readonly { readonly origin: string; readonly headers: Readonly<Record<string, string>> }[]
  readonly connections: number
  readonly shots: readonly Shot[]
  /** Requests of one turn. */
  readonly each: number
  readonly turns: number
  /** Milliseconds of rest after each, for what a server does once it has answered. */
  readonly rest: number
}

/** Runs a job in a process of its own, so that the load does not share an event loop with what measures. */
export async function runJob(job: Job): Promise<Score> {
  return sound(await inWorker<Score>(job))
}

/** Of each side, the score of each turn. */
export async function runTurns(turns: Turns): Promise<Score[][]> {
  const scores = await inWorker<Score[][]>(turns)
  for (const score of scores.flat()) sound(score)
  return scores
}

function sound(score: Score): Score {
  if (score.failures === 0) return score
  const { failures, requests, firstFailure = 'no answer' } = score
  throw new Error(`${failures} of ${requests} requests failed, the first with ${firstFailure}.`)
}

async function inWorker<T>(work: Job | Turns): Promise<T> {
  const child = fork(new URL('./worker.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
  try {
    return await new Promise<T>((resolve, reject) => {
      child.once('message', (message) => resolve(message as T))
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`The load process ended with ${code}.`)))
      child.send(work)
    })
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
