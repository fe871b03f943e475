import type { ValueSet } from '@medplum/fhirtypes'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { typeNumber } from '../fhir/types.ts'
import { textOf } from '../store/body.ts'
import { readCurrent } from '../store/read.ts'
import { findSystem, findSystemOfValueSet } from './system.ts'
import { takeInStale, urlToken } from './tables/stored.ts'
import { compareVersions, shippedValueSet, splitCanonical, type Terminology } from './terminology.ts'

/**
 * A value set by `url`, `url|version` or `ValueSet/id`: a stored resource, else our own, else R4's, else the one of all
 * codes of a system (CodeSystem.valueSet), else one that a system implies by its url (SNOMED CT, LOINC).
 */
export async function findValueSet(terminology: Terminology, canonical: string): Promise<ValueSet | undefined> {
  if (canonical.startsWith('ValueSet/')) return findValueSetById(terminology, canonical.slice('ValueSet/'.length))
  const { url, version } = splitCanonical(canonical)
  const right = (valueSet: ValueSet | undefined): ValueSet | undefined =>
    valueSet && (version === undefined || valueSet.version === version) ? valueSet : undefined
  return (
    (await findStored(terminology, url, version)) ??
    right(shippedValueSet(terminology, url)) ??
    right(await everythingOf(terminology, url)) ??
    (await impliedBy(terminology, url))
  )
}

export async function findValueSetById(terminology: Terminology, id: string): Promise<ValueSet | undefined> {
  const row = await readCurrent(terminology.db, 'all', 'ValueSet', id)
  return row && row.body !== null ? parsed({ ...row, body: row.body }) : undefined
}

export async function theValueSet(terminology: Terminology, canonical: string): Promise<ValueSet> {
  const valueSet = await findValueSet(terminology, canonical)
  if (valueSet) return valueSet
  throw new FhirError('not-found', [
    {
      message: `The value set ${canonical} is not known here.`,
      hint: 'PUT it as a ValueSet resource, or send it with the request.',
    },
  ])
}

interface Stored {
  id: string
  version: number
  updated: number
  body: string
}

async function findStored(terminology: Terminology, url: string, version?: string): Promise<ValueSet | undefined> {
  const rows = await terminology.db.rows<Stored>(sql`
    select id, version, updated::float8 as updated, body from (
      select type, id, version, updated, body from resource
      where tokens @> array[${urlToken('ValueSet', url)}::bigint] offset 0
    ) r
    where type = ${typeNumber('ValueSet')}::smallint`)
  return rows
    .map((row) => ({ row, valueSet: parsed({ ...row, type: 'ValueSet' }) }))
    .filter(({ valueSet }) => valueSet.url === url && (version === undefined || valueSet.version === version))
    .toSorted((a, b) => compareVersions(a.valueSet.version, b.valueSet.version) || b.row.updated - a.row.updated)[0]
    ?.valueSet
}

/** Parsed bodies: what changed is another text. */
const kept = new Map<string, { body: string; valueSet: ValueSet }>()
const KEPT = 500

function parsed(row: Parameters<typeof textOf>[0]): ValueSet {
  const known = kept.get(row.id)
  if (known?.body === row.body) return known.valueSet
  const valueSet = JSON.parse(textOf(row)) as ValueSet
  if (kept.size >= KEPT) kept.clear()
  kept.set(row.id, { body: row.body, valueSet })
  return valueSet
}

async function everythingOf(terminology: Terminology, url: string): Promise<ValueSet | undefined> {
  let system = await findSystemOfValueSet(terminology, url)
  if (!system) {
    await takeInStale(terminology.db, 'CodeSystem')
    system = await findSystemOfValueSet(terminology, url)
  }
  if (!system) return undefined
  const { url: of, version, head } = system
  const all = implied(url, `All codes of ${head.title ?? head.name ?? of}`, [
    { system: of, ...(version && { version }) },
  ])
  return version ? { ...all, version } : all
}

/** https://hl7.org/fhir/R4/snomedct.html#implicit and https://hl7.org/fhir/R4/loinc.html#vs */
async function impliedBy(terminology: Terminology, url: string): Promise<ValueSet | undefined> {
  const [, snomed, edition, , subsumer] =
    /^(http:\/\/snomed\.info\/sct)((?:\/\d+(?:\/version\/\d+)?)?)\?fhir_vs(=isa\/(\d+))?$/.exec(url) ?? []
  if (snomed) {
    const version = edition ? { version: `${snomed}${edition}` } : {}
    const filter = subsumer ? { filter: [{ property: 'concept', op: 'is-a' as const, value: subsumer }] } : {}
    return implied(url, 'SNOMED CT', [{ system: snomed, ...version, ...filter }])
  }
  const loinc = 'http://loinc.org'
  if (url === `${loinc}/vs` && (await findSystem(terminology, loinc))) return implied(url, 'LOINC', [{ system: loinc }])
  const [, part] = /^http:\/\/loinc\.org\/vs\/(LP[\d-]+)$/.exec(url) ?? []
  if (!part) return undefined
  return implied(url, part, [{ system: loinc, filter: [{ property: 'ancestor', op: '=', value: part }] }])
}

function implied(url: string, title: string, include: NonNullable<ValueSet['compose']>['include']): ValueSet {
  return { resourceType: 'ValueSet', url, title, status: 'active', compose: { include } }
}
