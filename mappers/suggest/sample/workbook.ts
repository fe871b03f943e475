import { FileStop, issue } from '../../issues.ts'
import { sheetNames } from '../../read/xlsx.ts'
import { recognise } from '../columns/recognise.ts'
import type { Shape } from './sample.ts'
import { lookAtTable } from './table.ts'

/** So many sheets are looked at. */
const SHEETS = 20

/** Of the sheets of a workbook the one whose columns tell the most; named where it is not the one that is read anyway. */
export async function lookAtWorkbook(bytes: Uint8Array): Promise<Shape> {
  const shapes: Shape[] = []
  let stop: unknown
  for (const [at, sheet] of sheetNames(bytes).slice(0, SHEETS).entries()) {
    const named = at > 0 ? { sheet } : {}
    try {
      shapes.push({ ...(await lookAtTable(bytes, { kind: 'xlsx', ...named })), kind: 'xlsx', ...named })
    } catch (error) {
      if (!(error instanceof FileStop)) throw error
      stop ??= error
    }
  }
  const [best] = shapes.map((one) => ({ one, told: toldBy(one) })).toSorted((a, b) => b.told - a.told)
  if (best) return best.one
  throw stop ?? new FileStop(issue('FILE_EMPTY'))
}

function toldBy({ columns }: Shape): number {
  return recognise(columns).filter(({ profile }) => profile.filled > 0).length
}
