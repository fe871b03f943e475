import autocannon from 'autocannon'
import { Agent, request } from 'node:http'
import { percentile, type Job, type Score, type Shot } from './job.ts'

/** The load process: takes one job, answers with its score, ends with its parent. */
process.once('disconnect', () => process.exit())
process.once('message', (job: Job) => {
  const running = job.until === 'once' ? once(job) : round(job, job.until.seconds)
  running.then(
    (score) => process.send?.(score),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

const always = { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' }

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

async function once({ origin, connections, shots, rounds = 1, headers }: Job): Promise<Score> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times: number[] = []
  let failures = 0
  let firstFailure: string | undefined
  let next = 0
  const client = async () => {
    for (let n = next++; n < shots.length * rounds; n = next++) {
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
  agent.destroy()
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
