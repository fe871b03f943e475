import { isDeepStrictEqual } from 'node:util'
import { FileStop } from '../../mappers/issues.ts'
import type { Mapping } from '../../mappers/mapping.ts'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { parseJson } from '../fhir/json.ts'
import { rid } from '../fhir/keys.ts'
import { make } from '../interactions/decide.ts'
import type { Job } from '../jobs/queue.ts'
import { readMany } from '../store/read.ts'
import type { Row } from '../store/types.ts'
import type { Intake } from './intake.ts'
import { readMessages, type Message } from './message.ts'
import { add, stateOf, type Counts } from './outcomes.ts'
import { assemble, type Pending } from './process/assemble.ts'
import { checked, mapped } from './process/first-pass.ts'
import { judged } from './process/flush.ts'
import type { Item } from './process/item.ts'
import { itemOf } from './process/known.ts'
import { leftOf, storedWith } from './process/obsolete.ts'
import { runOf } from './process/process.ts'
import { messagesBetween } from './replay.ts'

/** What replaying would do: resources by type, outcomes before and after, and where to look. */
export interface ReplayDiff {
  readonly messages: number
  readonly records: number
  readonly added: Record<string, number>
  readonly changed: Record<string, number>
  readonly removed: Record<string, number>
  readonly before: Counts
  readonly after: Counts
  /** The first of them. */
  readonly examples: DiffExample[]
  /** Messages that the mapping could not read to their end. */
  readonly stopped: string[]
  /** There were more messages than are looked at. */
  readonly partial: boolean
}

export interface DiffExample {
  readonly what: 'added' | 'changed' | 'removed'
  readonly reference: string
  readonly message: string
  readonly line: number
}

const TOGETHER = 200
const MOST_MESSAGES = 10_000
const SHOWN = 50

/**
 * What replaying a facility's last days through a mapping would add, change and remove: the same code as a replay, up to
 * the point where it would write. Nothing is written.
 */
export async function diffReplay(
  intake: Intake,
  facility: string,
  mapping: Mapping,
  days: number,
  tell: (done: number, of: number) => void = () => undefined,
): Promise<ReplayDiff> {
  const { db } = intake.house
  const found = await messagesBetween(
    db,
    facility,
    new Date(Date.now() - days * 86_400_000),
    new Date(),
    MOST_MESSAGES + 1,
  )
  const ids = found.slice(0, MOST_MESSAGES).map(({ id }) => id)
  const diff: ReplayDiff = {
    messages: ids.length,
    records: 0,
    added: {},
    changed: {},
    removed: {},
    before: {},
    after: {},
    examples: [],
    stopped: [],
    partial: found.length > MOST_MESSAGES,
  }
  const differ = new Differ(intake, diff)
  for (const [place, id] of ids.entries()) {
    const message = (await readMessages(db, [id])).get(id)
    if (message) await differ.message(message, mapping)
    tell(place + 1, ids.length)
  }
  return { ...diff, records: differ.records }
}

class Differ {
  records = 0

  constructor(
    private readonly intake: Intake,
    private readonly diff: ReplayDiff,
  ) {}

  async message(message: Message, mapping: Mapping): Promise<void> {
    const before = await this.#before(message.id)
    for (const [state, many] of before) add(this.diff.before, stateOf(state), many)
    const run = runOf(message, NO_JOB, { version: 0, mapping }, true)
    let items: Item[] = []
    try {
      for await (const batch of mapped(this.intake, run).records) {
        for (const record of batch) {
          items.push(itemOf(run, checked(this.intake, record)))
          if (items.length < TOGETHER) continue
          await this.#compare(items)
          items = []
        }
      }
    } catch (error) {
      if (!(error instanceof FileStop)) throw error
      this.diff.stopped.push(message.id)
    }
    if (items.length > 0) await this.#compare(items)
  }

  async #before(message: string): Promise<[string, number][]> {
    const rows = await this.intake.house.db.rows<{ state: string; many: number }>(sql`
      select state, sum(through - number + 1)::integer as many from record where message = ${message} group by state`)
    return rows.map(({ state, many }) => [state, many])
  }

  async #compare(items: readonly Item[]): Promise<void> {
    const { db } = this.intake.house
    const { list, stored } = await judged(this.intake, items, new Map())
    for (const { state } of list) add(this.diff.after, state)
    this.records += items.length
    const left = await leftOf(db, list)
    const { pending } = assemble(list, await storedWith(db, stored, left), left)
    const touched = pending.filter(({ reference }) => !reference.startsWith('Provenance/'))
    const rows = new Map<string, Row>()
    const keys = touched.map(({ reference }) => {
      const [type = '', id = ''] = reference.split('/')
      return { type: type as Row['type'], rid: rid(type, id) }
    })
    for (const row of await readMany(db, 'all', keys)) rows.set(`${row.type}/${row.id}`, row)
    for (const one of touched) this.#note(one, this.#what(one, rows.get(one.reference)))
  }

  #what({ document, reference }: Pending, row: Row | undefined): DiffExample['what'] | undefined {
    if (!document) return row ? 'removed' : undefined
    if (!row?.body) return 'added'
    try {
      const { body } = make(this.intake.house, document, reference.slice(reference.indexOf('/') + 1))
      return body === row.body || isDeepStrictEqual(members(body), members(row.body)) ? undefined : 'changed'
    } catch (error) {
      if (error instanceof FhirError) return undefined // it would be refused, and what is stored would stay
      throw error
    }
  }

  #note({ reference, items }: Pending, what: DiffExample['what'] | undefined): void {
    if (!what) return
    const type = reference.slice(0, reference.indexOf('/'))
    this.diff[what][type] = (this.diff[what][type] ?? 0) + 1
    const [item] = items
    if (!item || this.diff.examples.length >= SHOWN) return
    this.diff.examples.push({ what, reference, message: item.run.message.id, line: item.record.line })
  }
}

function members(body: string): unknown {
  return parseJson(`{"meta":{"_":0${body}`).value
}

const NO_JOB: Job = { seq: 0n, kind: 'none', lane: '', payload: {}, progress: {}, attempts: 0, lease: '' }
