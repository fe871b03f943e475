import type { Encounter, MedicationRequest, Patient } from '@medplum/fhirtypes'
import { createHash } from 'node:crypto'
import { FileStop, issue, type Issue } from '../../mappers/issues.ts'
import type { Made, MappedRecord, Mapping } from '../../mappers/mapping.ts'
import type { Catalog, ExtraCode } from '../../server/intake/catalog.ts'

/**
 * A small Mapping, so that the intake is tested without the mappers. A line is a record of the cells
 * key|at|patient|name|visit|drug|flags; a blank line is ignored, `STOP` ends the file. Flags: need=Patient/x,
 * merge=old patient, bad (a resource that breaks R4), nodrug (makes no MedicationRequest).
 */
export interface ToyFile {
  readonly slug: string
  readonly kind?: string
  readonly rejectPct?: number
  readonly maxBytes?: number
  /** Another version of the mapping writes the name otherwise. */
  readonly shout?: boolean
  /** … or makes no MedicationRequest. */
  readonly nodrug?: boolean
}

export function toyCatalog(files: readonly ToyFile[]): Catalog {
  return {
    facilities: files.map(({ slug }) => ({ slug, name: slug, organization: organizationOf(slug) })),
    frozen: (slug) => JSON.stringify(files.find((file) => file.slug === slug)),
    compile: (text, extra) => toyMapping(JSON.parse(text) as ToyFile, text, extra),
  }
}

export function organizationOf(slug: string): string {
  return `IN-${slug}`
}

export const head = 'key|at|patient|name|visit|drug|flags'

function toyMapping(file: ToyFile, text: string, extra: readonly ExtraCode[]): Mapping {
  const { slug, kind = 'csv', rejectPct = 20, maxBytes = 1e9 } = file
  return {
    facility: { slug, organization: organizationOf(slug), name: slug },
    fingerprint: createHash('sha256').update(text).digest('hex').slice(0, 12),
    kind,
    limits: { rejectPct, maxBytes, maxRecords: 1e7, maxCell: 1e6 },
    map(bytes, { behind = 0 }) {
      const issues: Issue[] = []
      return {
        records: records(file, extra, bytes, behind),
        issues,
        header: () => head.split('|'),
        separator: () => '|',
      }
    },
  }
}

async function* records(
  file: ToyFile,
  extra: readonly ExtraCode[],
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  behind: number,
): AsyncGenerator<MappedRecord[], void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  let number = 0
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (let at = 0; at < lines.length; at += 100)
      yield lines.slice(at, at + 100).flatMap((line) => (++number > behind ? [record(file, extra, line, number)] : []))
  }
  if (rest !== '' && ++number > behind) yield [record(file, extra, rest, number)]
}

function record(file: ToyFile, extra: readonly ExtraCode[], raw: string, number: number): MappedRecord {
  if (raw === 'STOP') throw new FileStop(issue('FILE_FORMAT', { line: number }))
  const [key = '', at = '', patient = '', name = '', visit = '', drug = '', given = ''] = raw.split('|')
  const flags = new Map(given.split(' ').map((flag) => flag.split('=') as [string, string]))
  const pid = idOf(file.slug, 'p', patient)
  const need = flags.get('need')
  const merge = flags.get('merge')
  const common = {
    number,
    line: number,
    key,
    fingerprint: createHash('sha256').update(raw).digest('hex'),
    lane: pid,
    ...(at !== '' && { at }),
    removes: [],
    merges: merge === undefined ? [] : [{ from: `Patient/${idOf(file.slug, 'p', merge)}`, into: `Patient/${pid}` }],
    needs: need === undefined ? [] : [`Patient/${idOf(file.slug, 'p', need)}`],
    unmapped: [],
    resources: [],
    issues: [],
    raw: () => raw,
  }
  if (raw.trim() === '') return { ...common, state: 'ignored', rule: 'blank line', key: '' }
  if (name === '')
    return { ...common, state: 'quarantined', issues: [issue('NAME_MISSING', { line: number, column: 'name' })] }
  const target = extra.find((one) => one.list === 'drug' && one.code === drug)?.target
  const unknown = drug !== '' && drug !== 'PCM' && target === undefined
  const resources = [patientOf(file, pid, patient, name, flags.has('bad'))]
  if (visit !== '') resources.push(encounterOf(file, pid, visit))
  if (drug !== '' && !file.nodrug) resources.push(drugOf(file, pid, visit, key, drug, target))
  return {
    ...common,
    state: 'mapped',
    resources,
    issues: unknown ? [issue('CODE_UNMAPPED', { line: number, column: 'drug', value: drug })] : [],
    unmapped: unknown ? [{ list: 'drug', code: drug }] : [],
  }
}

export function idOf(slug: string, kind: string, key: string): string {
  return `${slug}-${kind}-${key}`.replace(/[^A-Za-z0-9.-]/g, '-')
}

function patientOf(file: ToyFile, id: string, value: string, name: string, bad: boolean): Made {
  const resource: Patient & { id: string } = {
    resourceType: 'Patient',
    id,
    identifier: [{ system: `urn:parchi:${file.slug}`, value }],
    name: [{ text: file.shout ? name.toUpperCase() : name }],
    ...(bad && { gender: 'nonsense' as 'male' }),
  }
  return { resource, exact: [], how: 'merge' }
}

function encounterOf(file: ToyFile, patient: string, visit: string): Made {
  const resource: Encounter & { id: string } = {
    resourceType: 'Encounter',
    id: idOf(file.slug, 'e', visit),
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: { reference: `Patient/${patient}` },
  }
  return { resource, exact: [], how: 'merge' }
}

function drugOf(file: ToyFile, patient: string, visit: string, key: string, drug: string, target?: string): Made {
  const [system, code] = target?.split('|') ?? []
  const resource: MedicationRequest & { id: string } = {
    resourceType: 'MedicationRequest',
    id: idOf(file.slug, 'm', `${key}-${drug}`),
    status: 'active',
    intent: 'order',
    subject: { reference: `Patient/${patient}` },
    ...(visit !== '' && { encounter: { reference: `Encounter/${idOf(file.slug, 'e', visit)}` } }),
    medicationCodeableConcept: { text: drug, ...(system && code && { coding: [{ system, code }] }) },
  }
  return { resource, exact: [], how: 'whole' }
}
