import autocannon from 'autocannon'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, type Job, type Score, type Shot, type Turns } from './job.ts'

/** The load process: takes one job, answers with its score, ends with its parent. */
process.once('disconnect', () => process.exit())
process.once('message', (work: Job | Turns) => {
  run(work).then(
    (scores) => process.send?.(scores),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

const always = { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' }

function run(work: Job | Turns): Promise<Score | Score[][]> {
  if ('sides' in work) return inTurns(work)
  return work.until === 'once' ? once(work) : round(work, work.until.seconds)
}

async function round({ origin, connections, shots, ...job }: Job, seconds: number): Promise<Score> {
  const headers = { ...always, ...job.headers }
  const result = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    requests: shots.map(({ method, path, body }) => ({ method, path, headers, ...(body !== undefined && { body }) })),
  })
  const failures = result.non2xx + result.errors
  return {
    requests: result.requests.total,
    seconds: result.duration,
    perSecond: result.requests.total / result.duration,
    failures,
    ...(failures > 0 && { firstFailure: JSON.stringify(result.statusCodeStats) }),
  }
}

async function once({ shots, rounds = 1, ...job }: Job): Promise<Score> {
  const agent = new Agent({ keepAlive: true, maxSockets: job.connections })
  const score = await fireAll(agent, job, shots, shots.length * rounds)
  agent.destroy()
  return score
}

/** Who comes second finds the memory of PostgreSQL warm, so each side is first in every second turn. */
async function inTurns({ sides, shots, each, turns, rest, connections }: Turns): Promise<Score[][]> {
  const agents = sides.map(() => new Agent({ keepAlive: true, maxSockets: connections }))
  const scores: Score[][] = sides.map(() => [])
  for (let turn = 0; turn < turns; turn++)
    for (let i = 0; i < sides.length; i++) {
      const k = turn % 2 === 0 ? i : sides.length - 1 - i
      scores[k]?.push(await fireAll(agents[k]!, { ...sides[k]!, connections }, shots, each))
      await sleep(rest)
    }
  for (const agent of agents) agent.destroy()
  return scores
}

async function fireAll(
  agent: Agent,
  { origin, connections, headers }: Pick<Job, 'origin' | 'connections' | 'headers'>,
  shots: readonly Shot[],
  count: number,
): Promise<Score> {
  const times: number[] = []
  let failures = 0
  let firstFailure: string | undefined
  let next = 0
  const client = async () => {
    for (let n = next++; n < count; n = next++) {
      const shot = shots[n % shots.length]!
      const before = performance.now()
      const failure = await fire(agent, origin, shot, headers)
      times.push(performance.now() - before)
      if (failure !== undefined) {
        failures++
        firstFailure ??= failure
      }
    }
  }
  const before = performance.now()
  await Promise.all(Array.from({ length: connections }, client))
  const seconds = (performance.now() - before) / 1000
  times.sort((a, b) => a - b)
  const score = {
    requests: times.length,
    seconds,
    perSecond: times.length / seconds,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    failures,
  }
  return firstFailure === undefined ? score : { ...score, firstFailure }
}

/** Undefined when all is well, else what went wrong. */
function fire(
  agent: Agent,
  origin: string,
  { method, path, body }: Shot,
  more: Job['headers'] = {},
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const req = request(origin + path, { agent, method, headers: { ...always, ...more, ...length } }, (res) => {
      const status = res.statusCode ?? 0
      let text = ''
      if (status >= 300) res.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(0, 600)))
      else res.resume()
      res.on('end', () => resolve(status < 300 ? undefined : `${status} ${text}`))
    })
    req.on('error', (error) => resolve(error.message))
    req.end(body)
  })
}
