import { facilitySystem, idOf } from '../../build/identity.ts'
import { issue, type Issue } from '../../issues.ts'
import type { Made } from '../../mapping.ts'
import type { Direct, DirectAbout, SourceOptions } from '../source.ts'
import { fixedDateTime, type DateHabits } from './dates.ts'
import { copied, withoutDigits } from './digits.ts'
import type { Fix } from './fixes.ts'
import { isBundle, type Entry, type FhirItem } from './message.ts'
import { isObject, objects, text, type Json } from './json.ts'
import type { Bench } from './bench.ts'
import { mendResource, typed } from './mend.ts'
import { rewrite } from './references.ts'
import type { Knowledge } from './shapes.ts'
import { toR4 } from './stu3/convert.ts'

interface Ways extends SourceOptions {
  readonly allowed: ReadonlySet<Fix>
  readonly knowledge: Knowledge
}

/** A resource as sent → the resource as it is stored: R4, its id and references this facility's own, sender's versions gone. */
export function direct({ entry, sent, line }: FhirItem, { facility, receivedAt }: DirectAbout, ways: Ways): Direct {
  const { knowledge } = ways
  const issues: Issue[] = []
  const nothing = { lane: '', issues, resources: [], removes: [], merges: [], needs: [], unmapped: [] }
  const key = `${entry.type}/${entry.key}`
  if (isBundle(entry.resource)) return document(entry, facility.slug, nothing)
  if (!knowledge.shapes.resource(entry.type)) {
    issues.push(issue('RESOURCE_INVALID', { line, detail: 'R4 has no resource type of this name.' }))
    return { ...nothing, key }
  }
  const id = idOf(facility.slug, entry.type, entry.key)
  if (entry.deletes)
    return { ...nothing, key, lane: entry.type === 'Patient' ? `Patient/${id}` : '', removes: [`${entry.type}/${id}`] }

  const dates: DateHabits = { order: ways.dates, zone: ways.zone, year: receivedAt.getUTCFullYear() }
  const bench: Bench = { knowledge, allowed: ways.allowed, dates, issues, line, told: new Set() }
  const sentAs = typed(copied(entry.resource), entry.type, bench)
  const converted = toR4(sentAs, { stu3: entry.stu3 || ways.version === 'STU3', bench })
  const resource = mendResource(converted, bench)
  const at = text(isObject(resource['meta']) ? resource['meta']['lastUpdated'] : undefined)
  own(resource, entry, { id, slug: facility.slug, organization: facility.organization, knowledge })
  const { needs, issues: found } = rewrite(resource, facility.slug, sent, knowledge, line)
  issues.push(...found)
  needs.delete(`Patient/${id}`)
  const exact = withoutDigits(resource)
  const made = { resource, exact, how: 'whole' } as unknown as Made
  const version = at === undefined ? undefined : fixedDateTime(at, dates)
  return {
    ...nothing,
    key,
    lane: laneOf(resource),
    resources: [made],
    needs: [...needs],
    ...(version !== undefined && { at: version }),
  }
}

/** A document is posted as it is: the desk keeps it whole and stores what is in it. */
function document({ resource, key }: Entry, slug: string, nothing: Omit<Direct, 'key'>): Direct {
  const { timestamp, identifier } = resource
  const named =
    isObject(identifier) && text(identifier['value']) !== undefined
      ? `${text(identifier['system']) ?? ''}|${String(identifier['value'])}`
      : key
  const whole = { ...copied(resource), id: text(resource['id']) ?? idOf(slug, 'Bundle', named) }
  const exact = withoutDigits(whole)
  const patient = objects(resource['entry'])
    .map((one) => one['resource'])
    .find((one) => isObject(one) && one['resourceType'] === 'Patient')
  const patientId = isObject(patient) ? text(patient['id']) : undefined
  return {
    ...nothing,
    key: `Bundle/${named}`,
    lane: patientId === undefined ? '' : `Patient/${idOf(slug, 'Patient', patientId)}`,
    resources: [{ resource: whole, exact, how: 'document' } as unknown as Made],
    ...(typeof timestamp === 'string' && { at: timestamp }),
  }
}

interface Owner {
  readonly id: string
  readonly slug: string
  readonly organization: string
  readonly knowledge: Knowledge
}

/** Its id here; the sender's stays an identifier. Source and versions are our own; profiles, security labels and tags stay. */
function own(resource: Json, { type, key }: Entry, { id, slug, organization, knowledge }: Owner): void {
  const sender = text(resource['id'])
  resource['id'] = id
  const property = knowledge.shapes.resource(type)?.properties.get('identifier')
  if (sender !== undefined && sender === key && property?.many) {
    const identifier = { system: facilitySystem(slug, type), value: sender }
    resource['identifier'] = [
      ...(Array.isArray(resource['identifier']) ? (resource['identifier'] as unknown[]) : []),
      identifier,
    ]
  }
  const { versionId: _version, lastUpdated: _updated, ...meta } = isObject(resource['meta']) ? resource['meta'] : {}
  resource['meta'] = { ...meta, source: `Organization/${organization}` }
}

/** The patient whose records stay in order. */
function laneOf(resource: Json): string {
  if (resource['resourceType'] === 'Patient') return `Patient/${String(resource['id'])}`
  for (const name of ['subject', 'patient', 'beneficiary', 'for', 'individual']) {
    const reference = resource[name]
    const target = isObject(reference) ? text(reference['reference']) : undefined
    if (target?.startsWith('Patient/')) return target
  }
  return ''
}
