import { headOf } from '../../store/body.ts'
import type { Shown } from '../../interactions/shown.ts'

/**
 * Bundle entries, joined by commas, as bytes: each stored text is copied once, straight to its place. Joining strings
 * first would copy a record of hundreds of kilobytes three times.
 */
export function entryBytes(base: string, rows: readonly Shown[], mode: 'match' | 'include'): Buffer {
  const pieces = rows.flatMap((row, i) => [
    openingOf(base, row, i > 0),
    row.body ?? '}}',
    `,"search":{"mode":"${mode}"}}`,
  ])
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0))
  let at = 0
  for (const piece of pieces) at += bytes.write(piece, at)
  return bytes
}

function openingOf(base: string, row: Shown, comma: boolean): string {
  return `${comma ? ',' : ''}{"fullUrl":"${base}/${row.type}/${row.id}","resource":${headOf(row)}`
}
