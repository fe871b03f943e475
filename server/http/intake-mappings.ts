import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { FhirError } from '../errors.ts'
import { diffReplay } from '../intake/diff-replay.ts'
import { compiled, publish, rollback, type Published } from '../intake/mappings.ts'
import type { FhirReply } from '../interactions/request.ts'
import { readBytes, utf8 } from './body.ts'
import { json, type Asked } from './intake-asked.ts'

/** A facility's file in full, with the lists it uses. */
const MOST_TEXT = 32 * 1024 * 1024
const MOST_DAYS = 400
/** Milliseconds between two lines that tell how far a comparison has come. */
const TELL_EVERY = 500

/** The body: an effective file, frozen, as `publish` of the command line sends it. */
export async function published({ door, req, facility }: Asked): Promise<FhirReply> {
  const text = utf8(await readBytes(req, MOST_TEXT))
  return json(200, shown(await publish(door.intake, facility.slug, text)))
}

/**
 * What replaying the last days through the body's mapping would add, change and remove; nothing is written. Lines of JSON:
 * `{ done, of }` while it lasts, then the whole.
 */
export async function compared({ door, req, facility, query }: Asked): Promise<FhirReply> {
  const days = Number(query.get('days') ?? 7)
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    throw new FhirError('invalid', `\`days\` is not a number up to ${MOST_DAYS}`)
  const text = utf8(await readBytes(req, MOST_TEXT))
  const fingerprint = createHash('sha256').update(text).digest('hex')
  const mapping = await compiled(door.intake, { facility: facility.slug, fingerprint, text })
  const lines = new Readable({ read: () => undefined })
  let told = Date.now()
  const tell = (done: number, of: number) => {
    if (Date.now() - told < TELL_EVERY) return
    told = Date.now()
    lines.push(`${JSON.stringify({ done, of })}\n`)
  }
  void diffReplay(door.intake, facility.slug, mapping, days, tell).then(
    (diff) => {
      lines.push(`${JSON.stringify(diff)}\n`)
      lines.push(null)
    },
    (error: unknown) => lines.destroy(error instanceof Error ? error : new Error('unknown')),
  )
  return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, body: lines }
}

/** Makes an earlier version the one that is used. */
export async function rolledBack({ door, facility, query }: Asked): Promise<FhirReply> {
  const version = Number(query.get('version') ?? '')
  if (!Number.isInteger(version) || version < 1 || version > 2 ** 31 - 1)
    throw new FhirError('invalid', [{ message: '`version` is not the number of a version', hint: 'version=3' }])
  return json(200, shown(await rollback(door.intake, facility.slug, version)))
}

function shown({ text: _text, ...version }: Published): object {
  return version
}
