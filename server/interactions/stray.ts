import type { Resource } from '@medplum/fhirtypes'
import type { Pen } from '../access/visit.ts'
import type { Queryable } from '../db/database.ts'
import type { Issue } from '../errors.ts'
import { rid } from '../fhir/keys.ts'
import { textOf } from '../store/body.ts'
import { readMany } from '../store/read.ts'
import { seenOf } from '../store/seen.ts'
import type { Row, Write } from '../store/types.ts'
import { facing, isMine, type Writer } from './pen.ts'

/**
 * Patients that these versions are about, and what their Binaries stand for, that a limited pen may not refer to: they must
 * be there and be its own or seen, or come with the versions. One statement for all of them, none for a pen without limits.
 */
export async function strayPatients(
  tx: Queryable,
  writer: Writer,
  writes: readonly Write[],
): Promise<ReadonlySet<bigint>> {
  const { pen } = writer
  if (!pen.limits) return new Set()
  const named = new Set(writes.flatMap(({ entries }) => entries?.patients ?? []))
  const types = new Map(
    writes.flatMap(({ entries }) => (entries?.context ? [[entries.context.rid, entries.context.type]] : [])),
  )
  for (const key of types.keys()) named.add(key)
  for (const { rid: key, body } of writes) if (body !== null) named.delete(key)
  if (named.size === 0) return named
  const gone = new Set(writes.flatMap(({ rid: key, body }) => (body === null ? [key] : [])))
  const rows = await readMany(
    tx,
    'all',
    [...named].map((key) => ({ type: types.get(key) ?? 'Patient', rid: key })),
  )
  const [own, others] = [rows.filter((row) => isOwn(pen, row)), rows.filter((row) => !isOwn(pen, row))]
  const { sight } = await facing(tx, writer, others)
  const seen = await seenOf(tx, sight, others)
  for (const { rid: key } of [...own, ...seen]) if (!gone.has(key)) named.delete(key)
  return named
}

/** The city's records are nobody's own. */
function isOwn(pen: Pen, row: Row): boolean {
  return pen.owner !== 0n && isMine(pen, row)
}

/** Where a version refers to them. */
export function strayReferences(write: Write, stray: ReadonlySet<bigint>): Issue[] {
  if (write.body === null || !write.entries) return []
  const { patients, context } = write.entries
  if (context && stray.has(context.rid)) {
    const message = 'What the Binary stands for is not there, or not seen by you'
    const hint = 'Send the Binary with it in one transaction, or after it.'
    return [{ message, hint, path: 'Binary.securityContext.reference' }]
  }
  if (!patients.some((key) => stray.has(key))) return []
  const paths: string[] = []
  find(JSON.parse(textOf({ ...write, body: write.body })) as Resource, write.type, stray, paths)
  const message = 'The Patient this is about is not there, or not seen by you'
  const hint = 'Refer to a Patient of your own facility, or send the Patient in the same transaction.'
  return (paths.length > 0 ? paths : [write.type]).map((path) => ({ message, hint, path }))
}

function find(node: unknown, path: string, stray: ReadonlySet<bigint>, paths: string[]): void {
  if (typeof node !== 'object' || node === null) return
  if (Array.isArray(node)) return node.forEach((one, i) => find(one, `${path}[${i}]`, stray, paths))
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'reference' || typeof value !== 'string') find(value, `${path}.${key}`, stray, paths)
    else {
      const [, id] = PATIENT.exec(value) ?? []
      if (id !== undefined && stray.has(rid('Patient', id))) paths.push(`${path}.reference`)
    }
  }
}

const PATIENT = /(?:^|\/)Patient\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#.*)?$/
