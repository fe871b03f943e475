import type { Provenance } from '@medplum/fhirtypes'
import type { MappedRecord } from '../mapping.ts'
import { hl7 } from '../values/systems.ts'
import { idOf } from './identity.ts'

/** Where a record came from. */
export interface Origin {
  /** Id of the message as kept (its receipt). */
  readonly message: string
  /** Fingerprint of the mapping. */
  readonly mapping: string
  readonly receivedAt: Date
  /** Id of the facility's Organization. */
  readonly organization: string
}

/** Which line of which message a record's resources were made from, by which version of the mapping. */
export function provenanceOf(record: MappedRecord, origin: Origin): (Provenance & { id: string }) | undefined {
  if (record.resources.length === 0) return undefined
  const { message, mapping, receivedAt, organization } = origin
  return {
    resourceType: 'Provenance',
    id: idOf(organization, 'Provenance', `${message}\n${record.number}\n${mapping}`),
    meta: { source: `Organization/${organization}` },
    target: record.resources.map(({ resource }) => ({ reference: `${resource.resourceType}/${resource.id}` })),
    recorded: receivedAt.toISOString(),
    activity: { coding: [{ system: hl7('v3-DataOperation'), code: 'CREATE' }] },
    agent: [
      {
        type: { coding: [{ system: hl7('provenance-participant-type'), code: 'author' }] },
        who: { reference: `Organization/${organization}` },
      },
      {
        type: { coding: [{ system: hl7('provenance-participant-type'), code: 'assembler' }] },
        who: { display: 'Parchi mapper', identifier: { system: 'urn:parchi:mapping', value: mapping } },
      },
    ],
    entity: [
      {
        role: 'source',
        what: {
          identifier: { system: 'urn:parchi:message', value: `${message}#${record.number}` },
          display: `Record ${record.number}, line ${record.line}`,
        },
      },
    ],
  }
}
