import { keeps, type Line } from './measure.ts'

/** The lines as a table of plain text. */
export function printTable(lines: readonly Line[], machine: Readonly<Record<string, string | number>>): string {
  const rows = [['measure', 'value', 'unit', 'ceiling', 'ratio', 'bar', ''], ...lines.map(cells)]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const text = rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column]!, column === 1 || column === 4))
      .join('  ')
      .trimEnd(),
  )
  const about = Object.entries(machine).map(([key, value]) => `${key} ${value}`)
  return [text[0], '-'.repeat(text[0]!.length), ...text.slice(1), '', about.join(' · ')].join('\n')
}

function cells(line: Line): string[] {
  const { measure, value, unit, ceiling, ratio, bar } = line
  const kept = keeps(line)
  return [
    measure,
    figure(value),
    unit,
    ceiling ? `${figure(ceiling.value)} ${ceiling.what}` : '',
    ratio === undefined ? '' : ratio.toFixed(2),
    bar ? `${bar.of === 'ratio' ? 'ratio ' : ''}${bar.least === undefined ? `≤ ${bar.most}` : `≥ ${bar.least}`}` : '',
    kept === undefined ? '' : kept ? 'kept' : 'MISSED',
  ]
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2)
}

function pad(cell: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(width - cell.length)
  return right ? blanks + cell : cell + blanks
}
