import type { Basic, Bundle } from '@medplum/fhirtypes'
import { isDeepStrictEqual } from 'node:util'
import { expected, MARKER, type Pair, type Sent } from './ledger.ts'

export interface Audit {
  /** Resources that were acknowledged and found whole. */
  whole: number
  /** Bundles that had no answer and yet are there, whole: allowed. */
  unheard: number
  faults: string[]
}

/** Compares the books with what the server has. */
export async function audit(base: string, sent: readonly Sent[], pairs: readonly Pair[]): Promise<Audit> {
  const found: Audit = { whole: 0, unheard: 0, faults: [] }
  const left = [...sent]
  const check = async () => {
    for (let one = left.pop(); one; one = left.pop())
      await (one.acknowledged ? checkWhole(base, one, found) : checkAllOrNothing(base, one, found))
  }
  await Promise.all([check(), check(), check(), check()])
  for (const pair of pairs) await checkPair(base, pair, found)
  return found
}

/** Every acknowledged resource is there as it was sent. */
async function checkWhole(base: string, sent: Sent, found: Audit): Promise<void> {
  for (const { address, resource } of expected(sent)) {
    const response = await fetch(`${base}/${address}`)
    const { id: _id, meta: _meta, ...there } = (await response.json()) as Record<string, unknown>
    if (response.status !== 200) found.faults.push(`${sent.marker}: acknowledged ${address} answers ${response.status}`)
    else if (!isDeepStrictEqual(there, resource)) found.faults.push(`${sent.marker}: ${address} is not as it was sent`)
    else found.whole++
  }
}

/** A bundle without an answer is there with all its resources, or with none. */
async function checkAllOrNothing(base: string, { marker, bundle }: Sent, found: Audit): Promise<void> {
  const search = `identifier=${encodeURIComponent(`${MARKER}|${marker}`)}&_count=1000`
  const there = (await countOf(base, `Patient?${search}`)) + (await countOf(base, `Observation?${search}`))
  const all = bundle.entry?.length ?? 0
  if (there === all) found.unheard++
  else if (there !== 0)
    found.faults.push(`${marker}: ${there} of ${all} resources of an unacknowledged bundle are there`)
}

async function countOf(base: string, search: string): Promise<number> {
  const response = await fetch(`${base}/${search}`)
  if (response.status !== 200) throw new Error(`${search} answered ${response.status}`)
  return ((await response.json()) as Bundle).entry?.length ?? 0
}

async function checkPair(base: string, { client, acknowledged, tried }: Pair, found: Audit): Promise<void> {
  const [left, right] = [await numberOf(base, `${client}-left`), await numberOf(base, `${client}-right`)]
  if (left !== right) found.faults.push(`${client}: half an update, ${left} and ${right}`)
  if (left < acknowledged || left > tried)
    found.faults.push(`${client}: ${left} is there, acknowledged were ${acknowledged} of ${tried}`)
}

async function numberOf(base: string, id: string): Promise<number> {
  const response = await fetch(`${base}/Basic/${id}`)
  const basic = (await response.json()) as Basic
  return response.status === 200 ? Number(basic.code.text) : 0
}
