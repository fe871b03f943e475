import type { Database, Queryable } from '../../../server/db/database.ts'
import { sql } from '../../../server/db/sql.ts'

/** Which of the players that could go on goes on; by their places. */
export type Choose = (able: readonly number[]) => number

/**
 * Runs several pieces of work over one database so that only one of them moves at a time, a statement (or a commit) each
 * turn, in the order that is chosen. Who waits for a lock is passed by until it is let go; a piece of work may retry.
 */
export async function takeTurns<T>(
  db: Database,
  works: readonly ((db: Database) => Promise<T>)[],
  choose: Choose,
): Promise<T[]> {
  const players = works.map((work) => new Player(db, work))
  for (;;) {
    const states = await Promise.all(players.map((player) => player.settled()))
    if (states.every((state) => state === 'done')) return Promise.all(players.map((player) => player.result))
    const able = states.flatMap((state, place) => (state === 'ready' ? [place] : []))
    if (able.length > 0) players[choose(able)]?.go()
    else await pause()
  }
}

/** A goes k turns, then B as far as it can, then A. */
export const after = (turns: number): Choose => {
  let left = turns
  return (able) => (able.includes(0) && left-- > 0 ? 0 : (able.at(-1) ?? 0))
}

/** Turn by turn as the list says, and round again. */
export const inOrder = (order: readonly number[]): Choose => {
  let turn = 0
  return (able) => able[(order[turn++ % order.length] ?? 0) % able.length] ?? 0
}

type State = 'ready' | 'waits' | 'done'

interface Within {
  over: boolean
}

/** A piece of work whose every statement waits for its turn. */
class Player<T> {
  readonly result: Promise<T>
  readonly #db: Database
  readonly #gates: (() => void)[] = []
  readonly #backends = new Set<number>()
  #running = 0
  #done = false
  #changed: () => void = () => undefined

  constructor(db: Database, work: (db: Database) => Promise<T>) {
    this.#db = db
    this.result = work(this.#database()).finally(() => {
      this.#done = true
      this.#change()
    })
    this.result.catch(() => undefined)
  }

  /** Where it has come to rest. */
  async settled(): Promise<State> {
    for (;;) {
      const change = new Promise<void>((resolve) => (this.#changed = resolve))
      if (this.#done) return 'done'
      if (this.#gates.length > 0 && this.#running === 0) return 'ready'
      await Promise.race([change, pause()])
      // a batch goes on with its other entries
      if (this.#running > 0 && (await this.#waitsForLock())) return this.#gates.length > 0 ? 'ready' : 'waits'
    }
  }

  go(): void {
    this.#running++
    this.#gates.shift()?.()
  }

  async #waitsForLock(): Promise<boolean> {
    const waiting = await waitingBackends(this.#db)
    return [...this.#backends].some((backend) => waiting.has(backend))
  }

  #change(): void {
    this.#changed()
  }

  async #turn(): Promise<void> {
    if (this.#done) return
    await new Promise<void>((resolve) => {
      this.#gates.push(resolve)
      this.#change()
    })
  }

  /** One statement in its turn; none any more of a transaction that has failed: its connection may be somebody else's. */
  async #run<R>(statement: () => Promise<R>, within?: Within): Promise<R> {
    await this.#turn()
    try {
      if (within?.over) throw new Error('the transaction is over')
      return await statement()
    } finally {
      this.#running--
      this.#change()
    }
  }

  async #on<R>(one: Queryable, work: () => Promise<R>): Promise<R> {
    const [row] = await one.rows<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    const { pid = 0 } = row ?? {}
    this.#backends.add(pid)
    return work().finally(() => this.#backends.delete(pid))
  }

  #queryable(one: Queryable, within?: Within): Queryable {
    return {
      rows: (statement) => this.#run(() => one.rows(statement), within),
      prepared: (name, text, values) => this.#run(() => one.prepared(name, text, values), within),
      stream: (statement, batch) => this.#stream(one, statement, batch),
    }
  }

  async *#stream<R extends object>(one: Queryable, ...asked: Parameters<Queryable['stream']>): AsyncIterable<R[]> {
    await this.#turn()
    try {
      yield* one.stream<R>(...asked)
    } finally {
      this.#running--
      this.#change()
    }
  }

  #database(): Database {
    const db = this.#db
    const alone = <R>(statement: (one: Queryable) => Promise<R>) =>
      this.#run(() => db.together((one) => this.#on(one, () => statement(one))))
    const outside: Queryable = {
      rows: (statement) => alone((one) => one.rows(statement)),
      prepared: (name, text, values) => alone((one) => one.prepared(name, text, values)),
      stream: (statement, batch) => this.#stream(db, statement, batch),
    }
    return {
      ...outside,
      replica: outside,
      together: (work) => db.together((one) => this.#on(one, () => work(this.#queryable(one)))),
      transaction: (work) =>
        db.transaction((tx) =>
          this.#on(tx, async () => {
            const within = { over: false }
            try {
              const done = await work(this.#queryable(tx, within))
              await this.#run(() => Promise.resolve()) // the commit is a turn, too
              return done
            } finally {
              within.over = true
            }
          }),
        ),
      close: () => Promise.resolve(),
    }
  }
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 4))

/** Asked once for all who ask at the same time. */
const asking = new WeakMap<Database, Promise<ReadonlySet<number>>>()

function waitingBackends(db: Database): Promise<ReadonlySet<number>> {
  const there = asking.get(db)
  if (there) return there
  const asked = db
    .rows<{ pid: number }>(sql`select pid from pg_locks where not granted`)
    .then((rows) => new Set(rows.map(({ pid }) => pid)))
    .finally(() => asking.delete(db))
  asking.set(db, asked)
  return asked
}
