import type { Resource } from '@medplum/fhirtypes'
import type { Exact } from '../server/fhir/json.ts'
import type { Canonical } from './canonical.ts'
import type { Issue } from './issues.ts'
import type { Bytes } from './read/source.ts'

/** A facility's file, ready to run: bytes in, records out; no database, no clock but `receivedAt`. */
export interface Mapping {
  readonly facility: Facility
  /** sha-256 (first 12 hex digits) of the effective file: the version that Provenance names. */
  readonly fingerprint: string
  readonly kind: string
  /** A batch is held when more than so many percent of its rows are refused. */
  readonly limits: Limits
  map(bytes: Bytes, about: About): Mapped
}

export interface Facility {
  /** `kharun-clinic-telibandha`: the file's name, the address `/intake/{slug}`, the folder in DROP_DIR. */
  readonly slug: string
  /** Id of its Organization resource: the HFR id (`IN2297001009`). */
  readonly organization: string
  readonly name: string
  /** By what the MLLP listener knows its messages: MSH-3, MSH-4, a port of its own. */
  readonly hl7?: Hl7Sender
  /** Its own FHIR endpoint, when its records are pulled. */
  readonly pull?: { readonly url: string; readonly schedule: string; readonly types: readonly string[] }
}

export interface Hl7Sender {
  readonly application?: string
  readonly facility?: string
  readonly port?: number
}

export interface Limits {
  readonly rejectPct: number
  readonly maxBytes: number
  readonly maxRecords: number
  readonly maxCell: number
}

/** So many refused rows hold no file yet, whatever the percentage: a clinic's file may have ten rows. */
const FEW = 2

/** Whether so many of a file's records are refused that nothing of it is written (BATCH_HELD). */
export function tooManyRefused(refused: number, records: number, { rejectPct }: Pick<Limits, 'rejectPct'>): boolean {
  return refused > FEW && refused * 100 > rejectPct * records
}

/** What is known about a message besides its bytes. */
export interface About {
  readonly receivedAt: Date
  readonly filename?: string
  readonly contentType?: string
  /** Records up to this one are known already: they are counted and left out. */
  readonly behind?: number
}

export interface Mapped {
  readonly records: AsyncIterable<readonly MappedRecord[]>
  /** Findings about the whole file, complete when `records` has ended. */
  readonly issues: readonly Issue[]
  /** Of tables: the facility's own header line as read, complete after the first batch. */
  readonly header?: () => readonly string[] | undefined
  /** What stands between the cells of a raw row; undefined: it is one text, not cells. */
  readonly separator?: () => string | undefined
}

/** One record of a file or message, and what it came to. A FileStop thrown by `records` ends the file. */
export interface MappedRecord {
  /** From 1, in the order of the file; together with the message it names the record. */
  readonly number: number
  readonly line: number
  /** mapped: may be written; quarantined: an issue of level error stands in `issues`; ignored: by the rule named. */
  readonly state: 'mapped' | 'quarantined' | 'ignored'
  readonly rule?: string
  /** The source's own key of the record (`record.key`), unique in the facility; '' when it could not be read. */
  readonly key: string
  /** Of the record as sent: equal key and equal fingerprint is a duplicate. */
  readonly fingerprint: string
  /** Whose records must stay in order: the patient's id, or '' */
  readonly lane: string
  /** The sender's time of this version: an older one than known is superseded. */
  readonly at?: string
  readonly issues: readonly Issue[]
  /** With deterministic ids; references between them are `Type/id`. */
  readonly resources: readonly Made[]
  /** What this record takes back: `Encounter/…` that it cancels entirely. */
  readonly removes: readonly string[]
  /** `Patient/…` that ceases in favour of another (A40). */
  readonly merges: readonly { readonly from: string; readonly into: string }[]
  /** References that must be here before it is written: else it is parked. */
  readonly needs: readonly string[]
  /** Codes without a counterpart, for the work-list. */
  readonly unmapped: readonly { readonly list: string; readonly code: string; readonly text?: string }[]
  readonly canonical?: Canonical
  readonly raw: () => string
}

export interface Made {
  readonly resource: Resource & { id: string }
  /** Decimals whose digits JavaScript would change. */
  readonly exact: readonly Exact[]
  /**
   * whole: replaces what is stored. merge: elements absent here keep what is stored, and `clears` names elements to
   * remove, of a list the items known by a word behind a bar (Patient, Encounter, Appointment: several messages each tell a part). keep: only written when not there yet
   * (a Practitioner known from elsewhere). document: a document Bundle, posted to the desk as it is.
   */
  readonly how: 'whole' | 'merge' | 'keep' | 'document'
  readonly clears?: readonly string[]
}
