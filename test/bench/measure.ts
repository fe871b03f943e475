import type pg from 'pg'
import type { Corpus } from './corpus.ts'
import type { Served } from './process.ts'

/** A line of the table. `ratio` is against the ceiling measured in the same run; a bar says what the project promises. */
export interface Line {
  readonly measure: string
  readonly value: number
  readonly unit: string
  readonly ceiling?: { readonly what: string; readonly value: number }
  readonly ratio?: number
  readonly bar?: { readonly of: 'value' | 'ratio'; readonly least?: number; readonly most?: number }
  readonly note?: string
}

export interface Bench {
  readonly quick: boolean
  readonly corpus: Corpus
  readonly server: Served
  readonly dataDir: string
  /** Folder for CPU profiles of servers; '' when none are wanted. */
  readonly profile: string
  /** A bare connection to the server's own PostgreSQL. */
  readonly client: pg.Client
  readonly say: (text: string) => void
  /** Stops the server and starts it again on the same data. */
  restart(): Promise<Served>
  /** At least so many current resources, by loading the city; returns how many there are. */
  fill(resources: number): Promise<number>
}

export interface Measure {
  readonly name: string
  run(bench: Bench): Promise<Line[]>
}

export function originOf({ server }: Bench): string {
  return new URL(server.base).origin
}

/** Whether the line keeps its promise; undefined when it has none. */
export function keeps({ value, ratio, bar }: Line): boolean | undefined {
  if (!bar) return undefined
  const figure = bar.of === 'value' ? value : (ratio ?? 0)
  return figure >= (bar.least ?? -Infinity) && figure <= (bar.most ?? Infinity)
}
