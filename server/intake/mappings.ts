import { createHash } from 'node:crypto'
import type { Mapping } from '../../mappers/mapping.ts'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import type { ExtraCode } from './catalog.ts'
import type { Intake } from './intake.ts'

/** A facility's mapping as it was published: the effective file, frozen. */
export interface Published {
  readonly facility: string
  readonly version: number
  readonly text: string
  /** sha-256 of the text: equal texts make no new version. */
  readonly fingerprint: string
  readonly published: Date
  readonly active: boolean
}

export interface Active {
  readonly version: number
  readonly mapping: Mapping
}

/** The mapping that a facility's messages go through; at its first use the facility's file becomes version 1. */
export async function active(intake: Intake, facility: string): Promise<Active> {
  const published =
    (await activeRow(intake.house.db, facility)) ?? (await publish(intake, facility, intake.catalog.frozen(facility)))
  return { version: published.version, mapping: await compiled(intake, published) }
}

export async function versionOf(intake: Intake, facility: string, version: number): Promise<Active> {
  const published = await versionRow(intake.house.db, facility, version)
  if (!published) throw new FhirError('not-found', `The facility's mapping has no version ${version}.`)
  return { version, mapping: await compiled(intake, published) }
}

/** A published version, compiled with the codes mapped so far; kept while both stay the same. */
export async function compiled(intake: Intake, published: Pick<Published, 'facility' | 'fingerprint' | 'text'>) {
  const extra = await codesOf(intake.house.db, published.facility)
  const codes = createHash('sha256').update(JSON.stringify(extra)).digest('hex')
  const key = `${published.facility} ${published.fingerprint} ${codes}`
  let mapping = intake.compiled.get(key)
  if (!mapping) {
    mapping = intake.catalog.compile(published.text, extra)
    if (intake.compiled.size >= KEPT) intake.compiled.delete(intake.compiled.keys().next().value ?? '')
    intake.compiled.set(key, mapping)
  }
  return mapping
}

const KEPT = 300

/** Makes a text the active version; the one it is already stays. A text that does not compile is refused by `compile`. */
export async function publish({ house, catalog }: Intake, facility: string, text: string): Promise<Published> {
  const { facility: named } = catalog.compile(text, [])
  if (named.slug !== facility) throw new FhirError('unprocessable', 'The mapping is of another facility.')
  const fingerprint = createHash('sha256').update(text).digest('hex')
  return house.db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`mapping ${facility}`}, 0))`)
    const now = await activeRow(tx, facility)
    if (now?.fingerprint === fingerprint) return now
    await tx.rows(sql`update facility_mapping set active = false where facility = ${facility} and active`)
    const [row] = await tx.rows<Published>(sql`
      insert into facility_mapping (facility, version, text, fingerprint, published, active)
      select ${facility}, coalesce(max(version), 0) + 1, ${text}, ${fingerprint}, now(), true
      from facility_mapping where facility = ${facility}
      returning facility, version, text, fingerprint, published, active`)
    if (!row) throw new Error('a version was not written')
    return row
  })
}

/** Refuses (422) a code that the facility's mapping could not be compiled with. */
export async function accepts(intake: Intake, facility: string, extra: ExtraCode): Promise<void> {
  const { version } = await active(intake, facility)
  const published = await versionRow(intake.house.db, facility, version)
  if (published) intake.catalog.compile(published.text, [extra])
}

/** Makes an earlier version the active one again. */
export async function rollback({ house }: Intake, facility: string, version: number): Promise<Published> {
  return house.db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`mapping ${facility}`}, 0))`)
    const wanted = await versionRow(tx, facility, version)
    if (!wanted) throw new FhirError('not-found', `The facility's mapping has no version ${version}.`)
    await tx.rows(sql`
      update facility_mapping set active = (version = ${version})
      where facility = ${facility} and (active or version = ${version})`)
    return { ...wanted, active: true }
  })
}

/** Newest first. */
export async function history({ house }: Intake, facility: string): Promise<Published[]> {
  return house.db.rows<Published>(sql`
    select facility, version, text, fingerprint, published, active from facility_mapping
    where facility = ${facility} order by version desc`)
}

async function activeRow(db: Queryable, facility: string): Promise<Published | undefined> {
  const [row] = await db.rows<Published>(sql`
    select facility, version, text, fingerprint, published, active from facility_mapping
    where facility = ${facility} and active`)
  return row
}

async function versionRow(db: Queryable, facility: string, version: number): Promise<Published | undefined> {
  const [row] = await db.rows<Published>(sql`
    select facility, version, text, fingerprint, published, active from facility_mapping
    where facility = ${facility} and version = ${version}`)
  return row
}

async function codesOf(db: Queryable, facility: string): Promise<ExtraCode[]> {
  return db.rows<ExtraCode>(sql`
    select list, code, target from code_mapping where facility = ${facility} order by list, code`)
}
