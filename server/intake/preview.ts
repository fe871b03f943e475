import { FileStop, type Issue } from '../../mappers/issues.ts'
import type { Mapping } from '../../mappers/mapping.ts'
import type { Intake } from './intake.ts'
import { kept } from './kept.ts'
import { FhirError } from '../errors.ts'
import { add, type Counts } from './outcomes.ts'
import { checked } from './process/first-pass.ts'
import type { Resource } from '@medplum/fhirtypes'

export interface Preview {
  readonly total: number
  /** As far as can be known without the record: duplicates and what waits are found only when it is sent. */
  readonly counts: Counts
  readonly issues: readonly Issue[]
  readonly unmapped: readonly { readonly list: string; readonly code: string; readonly text?: string }[]
  readonly records: readonly PreviewRecord[]
}

export interface PreviewRecord {
  readonly number: number
  readonly line: number
  readonly state: string
  readonly rule?: string
  readonly issues: readonly Issue[]
  readonly resources: readonly Resource[]
}

/** Maps a file and stores nothing: what each row would come to, the first `shown` of them in full. */
export async function preview(
  intake: Intake,
  mapping: Mapping,
  file: { bytes: AsyncIterable<Uint8Array>; filename?: string; contentType?: string },
  shown = 100,
): Promise<Preview> {
  const { bytes, filename, contentType } = file
  const about = {
    receivedAt: new Date(),
    ...(filename !== undefined && { filename }),
    ...(contentType !== undefined && { contentType }),
  }
  const source = mapping.map(clean(bytes, intake.limits.messageBytes), about)
  const counts: Counts = {}
  const records: PreviewRecord[] = []
  const unmapped = new Map<string, Preview['unmapped'][number]>()
  const seen = new Set<string>()
  const stops: Issue[] = []
  let total = 0
  try {
    for await (const batch of source.records) {
      for (const given of batch) {
        const record = checked(intake, given)
        total++
        const name = `${record.key}\0${record.fingerprint}`
        const again = record.state === 'mapped' && seen.has(name)
        if (record.state === 'mapped' && seen.size < SEEN) seen.add(name)
        const warned = record.issues.some(({ level }) => level === 'warning')
        const state =
          record.state !== 'mapped'
            ? record.state
            : again
              ? 'duplicate'
              : warned
                ? 'accepted-with-warnings'
                : 'accepted'
        add(counts, state)
        for (const one of record.unmapped) if (unmapped.size < SEEN) unmapped.set(`${one.list} ${one.code}`, one)
        if (records.length >= shown) continue
        const { number, line, issues, rule } = record
        const resources = record.resources.map(({ resource }) => resource)
        records.push({ number, line, state, ...(rule !== undefined && { rule }), issues, resources })
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    stops.push(error.issue)
  }
  return { total, counts, issues: [...source.issues, ...stops], unmapped: [...unmapped.values()], records }
}

const SEEN = 100_000

/** Masked as it would be when it is sent, so that the preview shows what would be kept. */
async function* clean(bytes: AsyncIterable<Uint8Array>, limit: number): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const piece of kept(bytes)) {
    if ((size += piece.bytes.length) > limit)
      throw new FhirError('too-large', `The file has more than ${limit >> 20} MB.`)
    yield piece.bytes
  }
}
