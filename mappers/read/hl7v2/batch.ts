import { issue, type Issue } from '../../issues.ts'
import type { Frame } from './frames.ts'

/** The end of a batch says how many messages it holds (BTS-1, 2.10.3.3): fewer or more is told, for some may be lost. */
export class Batch {
  #messages = 0

  count({ kind, text, line }: Frame): readonly Issue[] {
    if (kind === 'message') this.#messages++
    if (!text.includes('BTS')) return []
    const ends = /(?:^|[\r\n])BTS[^0-9A-Za-z\s](\d{1,9})?/.exec(text)
    if (!ends) return []
    const found = this.#messages
    this.#messages = 0
    if (ends[1] === undefined || Number(ends[1]) === found) return []
    const detail = `The batch says that it holds ${Number(ends[1])} messages; ${found} were found.`
    return [issue('FILE_FORMAT', { line, level: 'warning', column: 'BTS-1', detail })]
  }
}
