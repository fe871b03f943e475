import type pg from 'pg'
import type { Corpus } from '../corpus.ts'

/** A bare insert of the same texts: one connection, one transaction a bundle, a primary key and nothing else. → resources/s */
export async function bareInsert(client: pg.Client, corpus: Corpus, times: number): Promise<number> {
  await client.query('create table if not exists bench_insert (id text primary key, body text not null)')
  await client.query('truncate bench_insert')
  let resources = 0
  const before = performance.now()
  for (let round = 0; round < times; round++) {
    for (const [i, texts] of corpus.texts.entries()) {
      const ids = texts.map((_, k) => `${round}-${i}-${k}`)
      await client.query({
        name: 'bare insert',
        text: 'insert into bench_insert select * from unnest($1::text[], $2::text[])',
        values: [ids, texts],
      })
      resources += texts.length
    }
  }
  const seconds = (performance.now() - before) / 1000
  await client.query('drop table bench_insert')
  return resources / seconds
}
