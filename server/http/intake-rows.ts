import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { FhirError } from '../errors.ts'
import { errorsCsv } from '../intake/errors-csv.ts'
import { active, history } from '../intake/mappings.ts'
import { findMessage, listMessages, type Message } from '../intake/message.ts'
import { isState } from '../intake/outcomes.ts'
import { preview } from '../intake/preview.ts'
import { receive } from '../intake/receive.ts'
import { openRecords, recordsOf } from '../intake/records.ts'
import { release, replayMessage, replayRange, stopReplays } from '../intake/replay.ts'
import { mapCode, mappedCodes, unmappedCodes } from '../intake/work-list.ts'
import type { FhirReply } from '../interactions/request.ts'
import { decoded, readBytes, utf8 } from './body.ts'
import { json, type Asked } from './intake-asked.ts'
import { mapping, own, publishing, shared, type Callers } from './intake-callers.ts'
import { compared, published, rolledBack } from './intake-mappings.ts'

type Handler = (asked: Asked) => Promise<FhirReply>

/** Everything under /intake/{facility}; `[id]` is a message. Words stand above it. */
export const rows: readonly (readonly [code: string, address: string, handler: Handler, callers: Callers])[] = [
  ['send', 'POST ', send, own],
  ['messages', 'GET ', messages, shared],
  ['preview', 'POST preview', previewed, own],
  ['quarantine', 'GET quarantine', quarantine, shared],
  ['mappings', 'GET mappings', mappings, shared],
  ['publish', 'POST mappings', published, publishing],
  ['compare', 'POST mappings/compare', compared, mapping],
  ['rollback', 'POST mappings/rollback', rolledBack, publishing],
  ['codes', 'GET codes', codes, shared],
  ['map-code', 'POST codes', code, mapping],
  ['replay-range', 'POST replay', replayedRange, shared],
  ['replay-stop', 'DELETE replay', stopped, shared],
  ['status', 'GET [id]', status, shared],
  ['records', 'GET [id]/records', records, shared],
  ['errors', 'GET [id]/errors.csv', errors, own],
  ['replay', 'POST [id]/replay', replayed, shared],
  ['replay-stop', 'DELETE [id]/replay', stopped, shared],
  ['release', 'POST [id]/release', released, shared],
]

async function send({ door, req, facility, query }: Asked): Promise<FhirReply> {
  const filename = header(req, 'x-filename') ?? query.get('filename')
  const contentType = header(req, 'content-type')
  const receipt = await receive(door.intake, {
    facility: facility.slug,
    via: 'http',
    bytes: decoded(req),
    ...(filename !== undefined && { filename: decodedName(filename) }),
    ...(contentType !== undefined && { contentType }),
  })
  const url = `${door.origin}/intake/${facility.slug}/${receipt.message}`
  const { message, duplicateOf } = receipt
  return json(202, { message, status: url, ...(duplicateOf !== undefined && { duplicateOf }) }, { location: url })
}

/** A header holds ASCII only: other names are sent percent-encoded. */
function decodedName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

async function previewed({ door, req, facility, query }: Asked): Promise<FhirReply> {
  const { mapping: used, version } = await active(door.intake, facility.slug)
  const filename = header(req, 'x-filename')
  const contentType = header(req, 'content-type')
  const file = {
    bytes: decoded(req),
    ...(filename !== undefined && { filename: decodedName(filename) }),
    ...(contentType !== undefined && { contentType }),
  }
  return json(200, {
    mapping: version,
    ...(await preview(door.intake, used, file, number(query, 'limit', 100, 1000))),
  })
}

async function messages({ door, facility, query }: Asked): Promise<FhirReply> {
  const [state, before] = [query.get('state'), query.get('before')]
  const listing = { limit: number(query, 'limit', 50, 1000), ...(state && { state }), ...(before && { before }) }
  const found = await listMessages(door.intake.house.db, facility.slug, listing)
  return json(200, { messages: found.map((message) => statusOf(message)) })
}

async function status({ door, facility, id }: Asked): Promise<FhirReply> {
  return json(200, statusOf(await findMessage(door.intake.house.db, facility.slug, id)))
}

function statusOf(message: Message): object {
  const { id, facility, state, total, counts, issues, arrived, via, filename, size, sha256, duplicateOf } = message
  return {
    message: id,
    facility,
    state,
    total,
    counts,
    issues,
    arrived,
    via,
    ...(filename !== null && { filename }),
    size,
    sha256: sha256.toString('hex'),
    ...(message.mapping !== null && { mapping: message.mapping }),
    ...(duplicateOf !== null && { duplicateOf }),
  }
}

async function records({ door, facility, id, query }: Asked): Promise<FhirReply> {
  const { db } = door.intake.house
  await findMessage(db, facility.slug, id)
  const state = query.get('state')
  if (state !== undefined && !isState(state)) throw new FhirError('invalid', 'There is no such state of a record')
  const limit = number(query, 'limit', 100, 1000)
  const listing = { limit, after: number(query, 'after', 0, 2 ** 31 - 1), ...(state && { state }) }
  return json(200, { records: await recordsOf(db, id, listing) })
}

async function quarantine({ door, facility, query }: Asked): Promise<FhirReply> {
  const limit = number(query, 'limit', 100, 1000)
  const found = await openRecords(door.intake.house.db, facility.slug, ['quarantined', 'parked'], limit)
  return json(200, { records: found })
}

async function errors({ door, facility, id }: Asked): Promise<FhirReply> {
  const message = await findMessage(door.intake.house.db, facility.slug, id)
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="errors-${id}.csv"`,
  }
  return { status: 200, headers, body: Readable.from(errorsCsv(door.intake, message), { objectMode: false }) }
}

async function replayed({ door, facility, id, query }: Asked): Promise<FhirReply> {
  const message = await findMessage(door.intake.house.db, facility.slug, id)
  const numbers = query.get('records')?.split(',').map(Number)
  if (numbers?.some((one) => !Number.isInteger(one) || one < 1 || one > 2 ** 31 - 1) || (numbers?.length ?? 0) > 10_000)
    throw new FhirError('invalid', [{ message: '`records` is not a list of record numbers', hint: 'records=3,17' }])
  await replayMessage(door.intake, message, numbers)
  return json(202, { message: id, status: `${door.origin}/intake/${facility.slug}/${id}` })
}

async function replayedRange({ door, facility, query }: Asked): Promise<FhirReply> {
  const [from, to] = [instant(query, 'from'), instant(query, 'to')]
  return json(202, { messages: await replayRange(door.intake, facility.slug, from, to) })
}

async function stopped({ door, facility, id }: Asked): Promise<FhirReply> {
  const message = id === 'replay' || id === '' ? undefined : id
  return json(200, { stopped: await stopReplays(door.intake, facility.slug, message) })
}

async function released({ door, facility, id }: Asked): Promise<FhirReply> {
  await release(door.intake, facility.slug, id)
  return json(202, { message: id, status: `${door.origin}/intake/${facility.slug}/${id}` })
}

async function mappings({ door, facility }: Asked): Promise<FhirReply> {
  await active(door.intake, facility.slug)
  const found = await history(door.intake, facility.slug)
  return json(200, { mappings: found.map(({ text: _text, ...version }) => version) })
}

async function codes({ door, facility }: Asked): Promise<FhirReply> {
  const { intake } = door
  return json(200, {
    unmapped: await unmappedCodes(intake, facility.slug),
    mapped: await mappedCodes(intake, facility.slug),
  })
}

async function code({ door, req, facility }: Asked): Promise<FhirReply> {
  const given = parsed(utf8(await readBytes(req, 64 * 1024)))
  const { list, code: local, target } = given as { list: string; code: string; target: string }
  return json(200, { replayed: await mapCode(door.intake, facility.slug, { list, code: local, target }) })
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // told below
  }
  throw new FhirError('malformed', [
    { message: 'The body is no JSON object', hint: '{ "list": …, "code": …, "target": … }' },
  ])
}

function number(query: ReadonlyMap<string, string>, name: string, fallback: number, most: number): number {
  const text = query.get(name)
  if (text === undefined) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > most) throw new FhirError('invalid', `\`${name}\` is not a number up to ${most}`)
  return value
}

function instant(query: ReadonlyMap<string, string>, name: string): Date {
  const time = Date.parse(query.get(name) ?? '')
  if (Number.isNaN(time))
    throw new FhirError('invalid', [
      { message: `\`${name}\` is not a time`, hint: `${name}=2026-11-22T00:00:00%2B05:30` },
    ])
  return new Date(time)
}
