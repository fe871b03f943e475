import { FileStop, type Issue } from '../../../mappers/issues.ts'
import { openJson } from '../../../mappers/read/json/source.ts'
import { openXml } from '../../../mappers/read/xml/source.ts'
import type { Bytes, Seen, Source, SourceOptions, SourceTools, Unit } from '../../../mappers/read/source.ts'

export const limits: SourceTools['limits'] = {
  rejectPct: 5,
  maxBytes: 1e9,
  maxRecords: 100_000,
  maxCell: 100_000,
  newColumn: 'warn',
  missingBoundColumn: 'stop-file',
}

export function options(more: Partial<SourceOptions> = {}): SourceOptions {
  return { kind: 'json', dates: 'day-first', zone: 'Asia/Kolkata', ...more }
}

export const json = (more: Partial<SourceOptions> = {}, tight: Partial<typeof limits> = {}) =>
  openJson(options(more), { limits: { ...limits, ...tight } })
export const xml = (more: Partial<SourceOptions> = {}, tight: Partial<typeof limits> = {}) =>
  openXml(options({ kind: 'xml', ...more }), { limits: { ...limits, ...tight } })

export interface Outcome<Item> {
  readonly units: readonly Unit<Item>[]
  readonly seen: Seen
  readonly stop?: Issue
}

/** Everything a source finds in a text or in bytes; a FileStop is part of the outcome, anything else is thrown. */
export async function readAll<Item>(source: Source<Item>, from: string | Bytes): Promise<Outcome<Item>> {
  const seen: Seen = { issues: [] }
  const units: Unit<Item>[] = []
  try {
    for await (const batch of source.read(typeof from === 'string' ? [Buffer.from(from)] : from, seen)) {
      units.push(...batch)
    }
  } catch (error) {
    if (error instanceof FileStop) return { units, seen, stop: error.issue }
    throw error
  }
  return { units, seen }
}

/** What a path says of each record that could be read. */
export async function ask<Item>(source: Source<Item>, text: string, path: string): Promise<unknown[]> {
  const find = source.path(path)
  const { units, stop } = await readAll(source, text)
  if (stop) throw new FileStop(stop)
  return units.flatMap(({ item }) => (item === undefined ? [] : [find(item)]))
}

/** `line:code` of each record, `line:ok` of those that were read. */
export function outline(outcome: Outcome<unknown>): string[] {
  return [
    ...outcome.units.map(({ line, issues, item }) => `${line}:${item === undefined ? issues[0]?.code : 'ok'}`),
    ...(outcome.stop ? [`stop:${outcome.stop.code}`] : []),
  ]
}

export function chopped(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(at.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...cuts, bytes.length].map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end))
}
