import type { Encounter, Resource } from '@medplum/fhirtypes'
import { REPLACED_BY } from '../../../mappers/build/elements.ts'
import type { Made } from '../../../mappers/mapping.ts'
import type { Queryable } from '../../db/database.ts'
import { parseJson, toJson, type Document } from '../../fhir/json.ts'
import { typeNumber } from '../../fhir/types.ts'
import { int8s, texts } from '../../store/binary.ts'
import { rowOf, STORED, type Stored } from '../../store/read.ts'
import type { Row } from '../../store/types.ts'
import { ownOf } from '../made.ts'
import type { Item } from './item.ts'

/**
 * Visits that go on under another number (HL7 v2.5.1, 3.3.42 and 3.3.50). R4 has no link from one Encounter to the one that
 * takes its place, and who looks at the visit must see what was found in it: the facility's own resources that refer to the
 * old Encounter are led to the new one, and the old one keeps an extension by which what comes later is led on too.
 */
export interface Lead {
  readonly from: string
  readonly into: string
}

export function leadOf(resource: Resource | undefined): Lead | undefined {
  if (resource?.resourceType !== 'Encounter') return undefined
  const into = replacedBy(resource)
  return into === undefined ? undefined : { from: `Encounter/${resource.id}`, into }
}

export function movesVisit({ record }: Item): boolean {
  return record.resources.some(({ resource }) => leadOf(resource) !== undefined)
}

function replacedBy({ extension }: Encounter): string | undefined {
  return extension?.find(({ url }) => url === REPLACED_BY)?.valueReference?.reference
}

/** The old Encounter without its mark. */
export function unled(old: Resource): Resource {
  const { extension = [], ...rest } = old as Encounter
  const others = extension.filter(({ url }) => url !== REPLACED_BY)
  return others.length > 0 ? { ...rest, extension: others } : rest
}

/** The same with its references led on; the same object where nothing is led. */
export function ledOn<T extends Resource>(document: Document<T>, leads: readonly Lead[]): Document<T> {
  const text = toJson(document)
  let led = text
  for (const { from, into } of leads) led = led.replaceAll(`"${from}"`, `"${into}"`)
  return led === text ? document : (parseJson(led) as Document<T>)
}

export function madeLedOn(made: Made, leads: readonly Lead[]): Made {
  const { value, exact } = ledOn({ value: made.resource, exact: made.exact }, leads)
  return value === made.resource ? made : { ...made, resource: value, exact }
}

/** A stay on intensive care has some thousands; what is beyond is still led on by the old Encounter's extension. */
const MOST = 5000

/**
 * What the patients of these records have that refers to an Encounter that goes on under another number, and is the
 * facility's own as that is. Provenances stay: they tell what was.
 */
export async function referringTo(db: Queryable, items: readonly Item[]): Promise<Row[]> {
  const leads = items.flatMap(({ record }) =>
    record.resources.flatMap(({ resource }) => {
      const lead = leadOf(resource)
      return lead ? [{ ...lead, patient: record.lane }] : []
    }),
  )
  if (leads.length === 0) return []
  const rows = await db.prepared<Stored>('referring_to_visits', REFERRING, [
    int8s(leads.map(({ patient }) => ownOf(patient).rid)),
    int8s(leads.map(({ from }) => ownOf(from).rid)),
    texts(leads.map(({ from }) => `"${from}"`)),
  ])
  return rows.map(rowOf)
}

const REFERRING = `
  select ${STORED} from unnest($1::bigint[], $2::bigint[], $3::text[]) as w(patient, visit, quoted)
  join resource v on v.type = ${typeNumber('Encounter')} and v.rid = w.visit
  join resource r on r.patient = w.patient and r.patient <> 0 and r.facility = v.facility
    and r.type <> ${typeNumber('Provenance')} and position(w.quoted in r.body) > 0
  limit ${MOST}`
