import { SpecFault } from '../read/source.ts'
import { readTarget, type CodeRow } from './codes.ts'
import { fault, type Fault } from './faults.ts'

const HEADER = ['local_code', 'local_display', 'target', 'priority']

/** A file of codes/ (see the README there): one row a target. */
export function readCodeFile(file: string, text: string): { rows: CodeRow[]; faults: Fault[] } {
  const faults: Fault[] = []
  const lines = cut(text.replace(/^\uFEFF/, '').replace(/^#.*$/gm, '')).filter(({ cells }) => cells.some(Boolean))
  const [header, ...rest] = lines
  const found = (header?.cells ?? []).map((cell) => cell.trim().toLowerCase())
  if (HEADER.slice(0, 3).some((column, i) => found[i] !== column)) {
    return {
      rows: [],
      faults: [fault({ file, line: header?.line ?? 1 }, [], `The first line must be ${HEADER.slice(0, 3).join(',')}.`)],
    }
  }
  const rows = rest.flatMap(({ cells, line }): CodeRow[] => {
    const wrong = (message: string) => (faults.push(fault({ file, line }, [], message)), [])
    const [word = '', display = '', target = '', priority = '', ...more] = cells.map((cell) => cell.trim())
    if (word === '') return wrong('The local code is missing.')
    if (more.some(Boolean)) return wrong('There are more columns than the header; put texts with commas in quotes.')
    if (!/^\d{0,3}$/.test(priority)) return wrong('A priority is a whole number; the lowest is taken.')
    try {
      const to = readTarget(target)
      return [
        {
          word,
          ...(display && { display }),
          ...(to && { target: to }),
          ...(priority && { priority: Number(priority) }),
        },
      ]
    } catch (error) {
      if (!(error instanceof SpecFault)) throw error
      return wrong(error.message)
    }
  })
  return { rows, faults }
}

/** RFC 4180; a code list is small, so it is cut in one go. */
function cut(text: string): { cells: string[]; line: number }[] {
  const rows: { cells: string[]; line: number }[] = []
  let [cells, line, at]: [string[], number, number] = [[], 1, 1]
  for (const [, quoted, bare = '', end = ''] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))[^,\r\n]*(,|\r?\n|\r|$)/g,
  )) {
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    line += (quoted ?? '').split('\n').length - 1
    if (end === ',') continue
    rows.push({ cells, line: at })
    line++
    at = line
    cells = []
  }
  return rows
}
