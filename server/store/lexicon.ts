import type { Queryable } from '../db/database.ts'
import type { Word } from '../fhir/search/entries.ts'
import { int4s, texts } from './binary.ts'

/** How many words this process remembers to have stored; when full it forgets, and asks the table again. */
const REMEMBERED = 200_000

const remembered = new WeakMap<Queryable, Set<string>>()

/**
 * Stores words not seen before. Outside the writes' transaction, before it: a word without a resource does no harm,
 * a resource without its word would not be found, and no two transactions wait for each other's words. What is only
 * known inside a transaction (a patched resource) goes `via` it, and is not remembered: it may roll back.
 */
export async function storeWords(db: Queryable, words: Iterable<Word>, via = db): Promise<void> {
  const known = knownTo(db)
  const fresh = new Map<string, Word>()
  for (const word of words) {
    const key = `${word.param}|${word.word}`
    if (!known.has(key)) fresh.set(key, word)
  }
  if (fresh.size === 0) return
  // one order for all writers, so that two of them inserting the same words cannot deadlock
  const rows = [...fresh].toSorted(([a], [b]) => (a < b ? -1 : 1))
  await via.prepared('lexicon_insert', INSERT, [
    int4s(rows.map(([, word]) => word.param)),
    texts(rows.map(([, word]) => word.word)),
  ])
  if (via !== db) return
  if (known.size + rows.length > REMEMBERED) known.clear()
  for (const [key] of rows) known.add(key)
}

const INSERT = `
  insert into lexicon (param, word)
  select param, word from unnest($1::integer[], $2::text[]) as w(param, word)
  on conflict do nothing`

function knownTo(db: Queryable): Set<string> {
  const known = remembered.get(db) ?? new Set<string>()
  remembered.set(db, known)
  return known
}
