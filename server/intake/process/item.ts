import type { Issue } from '../../../mappers/issues.ts'
import type { MappedRecord, Mapping } from '../../../mappers/mapping.ts'
import type { Made as Version } from '../../interactions/decide.ts'
import type { Job } from '../../jobs/queue.ts'
import type { Own } from '../made.ts'
import type { Message } from '../message.ts'
import type { Counts, State } from '../outcomes.ts'
import type { Said } from './said.ts'

/** A message under way. */
export interface Run {
  readonly message: Message
  readonly job: Job
  readonly mapping: Mapping
  readonly version: number
  /** Processing it again: what it made itself is no duplicate. */
  readonly replay: boolean
  readonly counts: Counts
  total: number
  /** Records up to this one became something, and that was committed. */
  upTo: number
  /** Findings about the whole file, so far. */
  readonly issues: () => readonly Issue[]
  /** Says where they come from. */
  readonly found: (issues: () => readonly Issue[]) => void
}

/** A record under way. What a mapped one makes is sound: it was checked before (first-pass.ts). */
export interface Item {
  readonly run: Run
  readonly record: MappedRecord
  /** Of its resources, by place, as far as they were made ahead. */
  readonly versions: readonly (Version | undefined)[]
  /** Of record_key. */
  readonly key: string
  readonly fingerprint: bigint
  readonly at: number | undefined
}

/** What was accepted last under a key. */
export interface Known {
  readonly message: string
  readonly number: number
  readonly fingerprint: bigint
  readonly at: number | undefined
  readonly own: () => readonly Own[]
  /** What it said of resources that several records tell of; undefined where that was not kept. */
  readonly said: () => Said | undefined
}

/** What is to become of a record. */
export interface Verdict {
  readonly item: Item
  readonly state: State
  readonly issues: readonly Issue[]
  /** To be written; `before` is what its key made last, `outdated` the resources of which a newer version is known. */
  readonly write?: { readonly before: Known | undefined; readonly outdated: ReadonlySet<string> }
  /** References it waits for. */
  readonly needs?: readonly string[]
}
