import type { Facility } from '../../../mappers/mapping.ts'
import { giveWay } from '../giving-way.ts'
import type { Intake } from '../intake.ts'
import { hasDocument } from './documents.ts'
import { flush, prepareAhead, type Prepared } from './flush.ts'
import type { Item, Run } from './item.ts'
import { keysOf } from './known.ts'
import { Ledger } from './ledger.ts'
import { referenceOf } from './order.ts'
import { wantedBy } from './stored.ts'

/**
 * A batch in its turn: written when the one before it is, and only if that succeeded. While that is on its way this one is
 * prepared (read, judged, assembled), unless it reads something that the records of the other may change: then it waits,
 * so that what comes out is what batches one after the other make.
 */
export class Turn {
  /** It is committed. */
  readonly written: Promise<void>
  /**
   * What it writes has left, or never will. To prepare a batch takes the processor for tens of milliseconds; done earlier,
   * PostgreSQL would stand still meanwhile with locks that were answered and nothing to write.
   */
  readonly sent: Promise<void>
  /** What is read for it. */
  readonly #keys: ReadonlySet<string>
  readonly #wanted: ReadonlySet<string>
  #changed: ReadonlySet<string> = new Set()
  /** Is what was prepared on its way to PostgreSQL, which waits for all of it? */
  leaves = false

  constructor(
    private readonly intake: Intake,
    private readonly facility: Facility,
    private readonly items: readonly Item[],
    private readonly ended: readonly Run[],
    before: Turn | undefined,
  ) {
    this.#keys = keysOf(items)
    this.#wanted = wantedBy(items)
    const ahead =
      before && this.#isApart(before) ? before.sent.then(() => prepareAhead(intake, facility, items)) : undefined
    let sent = () => {}
    this.sent = new Promise((resolve) => {
      sent = () => {
        this.leaves = false
        resolve()
      }
    })
    this.written = this.#write(before, ahead, sent).finally(sent)
    this.written.catch(() => undefined) // whoever comes next is told
  }

  async #write(
    before: Turn | undefined,
    ahead: Promise<Prepared | undefined> | undefined,
    sent: () => void,
  ): Promise<void> {
    // what fails here is tried again in the turn
    const prepared = await ahead?.catch(() => undefined)
    await before?.written
    const stands = before !== undefined && areDisjoint(this.#wanted, before.#changed)
    const started = performance.now()
    this.leaves = stands && prepared !== undefined
    const ledger = new Ledger(this.intake, this.ended)
    const { changed } = await flush(
      this.intake,
      this.facility,
      this.items,
      (tx, done) => {
        const kept = ledger.keep(tx, done)
        sent()
        return kept
      },
      stands ? prepared : undefined,
    )
    ledger.settled()
    this.#changed = changed
    await giveWay(this.intake, performance.now() - started)
  }

  /** The records of the one before name nothing that is read for this one. */
  #isApart(before: Turn): boolean {
    // processed again, a record is compared with what it made before: that is looked up in its turn
    if (this.items.some(({ run }) => run.replay) || before.items.some(hasDocument)) return false
    return areDisjoint(this.#keys, before.#keys) && areDisjoint(this.#wanted, namedBy(before.items))
  }
}

function namedBy(items: readonly Item[]): Set<string> {
  const named = new Set<string>()
  for (const { record } of items) {
    for (const made of record.resources) named.add(referenceOf(made))
    for (const { from, into } of record.merges) named.add(from).add(into)
    for (const reference of record.removes) named.add(reference)
  }
  return named
}

function areDisjoint(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const one of some) if (others.has(one)) return false
  return true
}
