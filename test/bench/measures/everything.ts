import type { Bundle } from '@medplum/fhirtypes'
import type pg from 'pg'
import { rid } from '../../../server/fhir/keys.ts'
import { percentile, runJob, type Score } from '../load/job.ts'
import { originOf, type Bench, type Line, type Measure } from '../measure.ts'
import { bareClient } from '../process.ts'
import { patientOfSize } from '../sample.ts'

const SIZE = 120

/** A patient's whole record of about 120 resources, against fetching the same rows with bare `pg`. */
export const everything: Measure = {
  name: 'everything',
  async run(bench) {
    const path = `/fhir/Patient/${await patientOfSize(bench.client, SIZE)}/$everything`
    const response = await fetch(originOf(bench) + path)
    const bundle = (await response.json()) as Bundle
    if (response.status !== 200 || !bundle.entry) throw new Error(`$everything answered ${response.status}.`)
    const rids = bundle.entry.map(({ resource }) => rid(resource?.resourceType ?? '', resource?.id ?? '').toString())
    await copyRows(bench.client)
    try {
      return [...(await alone(bench, path, rids)), await together(bench, path, rids)]
    } finally {
      await bench.client.query('drop table bench_rows')
    }
  },
}

/** The same bodies in a plain table, in the order the server stored them. */
async function copyRows(client: pg.Client): Promise<void> {
  await client.query('create table bench_rows as select rid, body from resource')
  await client.query('alter table bench_rows add primary key (rid)')
  await client.query('analyze bench_rows')
}

const fetchRows = { name: 'bench rows', text: 'select body from bench_rows where rid = any($1::bigint[])' }

async function alone(bench: Bench, path: string, rids: readonly string[]): Promise<Line[]> {
  const times = bench.quick ? 150 : 600
  const bare: number[] = []
  for (let i = 0; i < times; i++) {
    const before = performance.now()
    await bench.client.query({ ...fetchRows, values: [rids] })
    bare.push(performance.now() - before)
  }
  const ceiling = percentile(
    bare.slice(50).sort((a, b) => a - b),
    0.5,
  )
  await repeat(bench, path, 50)
  const { p50 = 0, p95 = 0 } = await repeat(bench, path, times)
  const measure = `$everything of ${rids.length}, 1 client`
  return [
    {
      measure: `${measure}, p50`,
      value: p50,
      unit: 'ms',
      ceiling: { what: 'bare pg, same rows', value: ceiling },
      ratio: ceiling / p50,
      bar: { of: 'ratio', least: 0.5 },
    },
    { measure: `${measure}, p50`, value: p50, unit: 'ms', bar: { of: 'value', most: 4 } },
    { measure: `${measure}, p95`, value: p95, unit: 'ms' },
  ]
}

function repeat(bench: Bench, path: string, times: number): Promise<Score> {
  const shots = Array.from({ length: times }, () => ({ method: 'GET' as const, path }))
  return runJob({ origin: originOf(bench), connections: 1, shots, until: 'once' })
}

async function together(bench: Bench, path: string, rids: readonly string[]): Promise<Line> {
  const seconds = bench.quick ? 3 : 8
  const { perSecond } = await runJob({
    origin: originOf(bench),
    connections: 8,
    shots: [{ method: 'GET', path }],
    until: { seconds },
  })
  const ceiling = await bareFetches(bench, rids, seconds)
  return {
    measure: `$everything of ${rids.length}, 8 clients`,
    value: perSecond,
    unit: 'req/s',
    ceiling: { what: 'bare pg, 8 connections', value: ceiling },
    ratio: perSecond / ceiling,
  }
}

async function bareFetches(bench: Bench, rids: readonly string[], seconds: number): Promise<number> {
  const clients = await Promise.all(Array.from({ length: 8 }, () => bareClient(bench.dataDir)))
  const end = performance.now() + seconds * 1000
  let count = 0
  await Promise.all(
    clients.map(async (client) => {
      for (; performance.now() < end; count++) await client.query({ ...fetchRows, values: [rids] })
      await client.end()
    }),
  )
  return count / seconds
}
