import type { Resource } from '@medplum/fhirtypes'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import { mappingOf, recordsOf } from '../trees/mapped.ts'

/** The records of what a sender sent as FHIR. */
export async function sent(value: unknown, more = ''): Promise<MappedRecord[]> {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return recordsOf(mappingOf('fhir-r4', more), text)
}

/** The one resource that one sent resource came to, and what was told about it. */
export async function mended(
  value: unknown,
  more = '',
): Promise<{ resource: Resource & Record<string, unknown>; codes: string[]; places: string[] }> {
  const [record] = await sent(value, more)
  const resource = record?.resources[0]?.resource
  if (!record || !resource) throw new Error(`No resource: ${record?.issues.map(({ message }) => message).join(' ')}`)
  return {
    resource: resource as unknown as Resource & Record<string, unknown>,
    codes: [...new Set(record.issues.map(({ code }) => code))],
    places: record.issues.map(({ column }) => column ?? ''),
  }
}
