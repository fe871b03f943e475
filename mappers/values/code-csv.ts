import { systemOf } from './systems.ts'
import type { CodeRow } from './codes.ts'

const HEADER = ['local_code', 'local_display', 'target']

/**
 * A code list as a table (mappers/codes/README.md): local_code, local_display, target, and where it is needed priority.
 * Throws an Error that names the line.
 */
export function parseCodes(name: string, csv: string): CodeRow[] {
  const lines = tokenize(csv.replace(/^\ufeff/, '').replace(/^#.*$/gm, '')).filter(({ cells }) => cells.some(Boolean))
  const [header, ...rest] = lines
  const found = (header?.cells ?? []).map((cell) => cell.toLowerCase())
  if (HEADER.some((column, i) => found[i] !== column)) {
    throw new Error(`${name}: the first line must be ${HEADER.join(',')}.`)
  }
  return rest.map(({ cells: [local = '', display = '', target = '', priority = ''], line }) => {
    const bar = target.lastIndexOf('|')
    if (local === '') throw new Error(`${name}, line ${line}: the local code is missing.`)
    if (bar >= 0 && systemOf(target.slice(0, bar)) === undefined)
      throw new Error(`${name}, line ${line}: the system of the target is no url and no short name that is known.`)
    if (!/^\d*$/.test(priority)) throw new Error(`${name}, line ${line}: the priority must be a number.`)
    return { local, target, ...(display && { display }), ...(priority && { priority: Number(priority) }) }
  })
}

/** The system of the local codes. */
export function sourceOf(name: string, csv: string): string {
  return /^#\s*source:\s*(\S+)/m.exec(csv)?.[1] ?? `urn:parchi:codes:${name}`
}

function tokenize(csv: string): { cells: string[]; line: number }[] {
  const rows: { cells: string[]; line: number }[] = []
  let row: { cells: string[]; line: number } | undefined
  let line = 1
  for (const [, quoted, plain = '', end = ''] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (!row) rows.push((row = { cells: [], line }))
    row.cells.push((quoted?.replaceAll('""', '"') ?? plain).normalize('NFC').trim())
    line += (quoted?.split('\n').length ?? 1) - 1
    if (end === ',') continue
    row = undefined
    line++
  }
  return rows
}
