import type { CapabilityStatement } from '@medplum/fhirtypes'
import { generateCity } from '../../fixtures/city/city.ts'
import { residentMegabytes, type Served } from '../bench/process.ts'
import type { Offered } from './fuzz/query.ts'
import { makeRequest, type Seeds, type WireRequest } from './fuzz/request.ts'
import { bytesOf, send, type WireAnswer } from './fuzz/wire.ts'

export interface FuzzOptions {
  readonly seed: string
  readonly requests: number
  /** Only the n-th request, to look at a failure again. */
  readonly only?: number
}

export interface FuzzReport {
  readonly statuses: ReadonlyMap<number, number>
  /** Sentences; empty when all went well. */
  readonly faults: readonly string[]
  /** Lowest resident memory in the second and in the last fifth of the run, MB. */
  readonly memory: readonly [early: number, late: number]
}

const CLIENTS = 8

/** Twisted requests at a living server: each gets an answer below 500, refusals are OperationOutcomes that leak nothing. */
export async function fuzz(server: Served, { seed, requests, only }: FuzzOptions): Promise<FuzzReport> {
  const seeds = await plant(server)
  const origin = new URL(server.base).origin
  const statuses = new Map<number, number>()
  const faults: string[] = []
  const memory: number[] = []
  let next = only ?? 0
  const end = only === undefined ? requests : only + 1
  const client = async () => {
    for (let n = next++; n < end && faults.length < 20; n = next++) {
      const request = makeRequest(seed, n, seeds)
      const answer = await send(origin, request)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      const fault = faultOf(request, answer)
      if (fault)
        faults.push(`request ${n} of seed ${seed}: ${fault}\n${excerpt(request)}\n→ ${answer.body.slice(0, 400)}`)
      if (n % 50 === 0) memory[n] = await residentMegabytes(server.pid)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const alive = await send(origin, { method: 'GET', path: '/fhir/Patient?_count=1', headers: [] })
  if (alive.status !== 200) faults.push(`the server answers ${alive.status} to a plain search afterwards`)
  return { statuses, faults, memory: [lowest(memory, requests, 0.2, 0.4), lowest(memory, requests, 0.8, 1)] }
}

/** A few patients and what belongs to them, to be read, searched, twisted and deleted. */
async function plant(server: Served): Promise<Seeds> {
  const [facilities, ...bundles] = [...generateCity({ seed: 'fuzz', people: 12 }).bundles()]
  const some = { ...facilities!, entry: facilities!.entry!.slice(0, 300) }
  for (const bundle of [some, ...bundles]) {
    const response = await fetch(server.base, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(bundle),
    })
    if (response.status !== 200)
      throw new Error(`The seeds were refused: ${response.status} ${(await response.text()).slice(0, 500)}`)
    await response.arrayBuffer()
  }
  const resources = [some, ...bundles].flatMap(({ entry }) => entry?.flatMap(({ resource }) => resource ?? []) ?? [])
  const statement = (await (await fetch(`${server.base}/metadata`)).json()) as CapabilityStatement
  const types = statement.rest?.[0]?.resource ?? []
  const parameters = new Map<string, Offered[]>(types.map(({ type, searchParam = [] }) => [type, searchParam]))
  return { resources, bundles: bundles.slice(0, 5), parameters }
}

function faultOf({ method }: WireRequest, { status, head, body, milliseconds }: WireAnswer): string | undefined {
  if (status === 0) return `no answer after ${Math.round(milliseconds)} ms`
  if (status >= 500) return `answered ${status}`
  if (/node_modules|\.ts:\d+|at \w+ \(|syntax error at or near|pg_|relation "/.test(body) && status >= 400)
    return 'the refusal shows the inside of the server'
  if (
    status >= 400 &&
    method !== 'HEAD' &&
    !(/content-type: application\/fhir\+json/i.test(head) && body.includes('"OperationOutcome"'))
  )
    return `answered ${status} without an OperationOutcome`
  return undefined
}

function excerpt(request: WireRequest): string {
  return JSON.stringify(bytesOf(request).toString('latin1').slice(0, 1500))
}

function lowest(memory: readonly number[], requests: number, from: number, to: number): number {
  const seen = memory.slice(Math.floor(requests * from), Math.ceil(requests * to)).filter((megabytes) => megabytes > 0)
  return seen.length > 0 ? Math.min(...seen) : 0
}
