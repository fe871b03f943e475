import type { Line, Measure } from '../measure.ts'

/** Bytes on disk of all tables and indexes, divided by the current resources, after the index's pending list is merged. */
export const disk: Measure = {
  name: 'disk',
  async run({ client, corpus }) {
    await client.query('select gin_clean_pending_list($1::regclass)', ['resource_tokens'])
    await client.query('vacuum analyze')
    const { rows } = await client.query<{ name: string; bytes: string }>(
      `select c.relname || case when t.relname is null then '' else ' (toast)' end as name,
              pg_relation_size(c.oid) + pg_relation_size(c.oid, 'vm') + pg_relation_size(c.oid, 'fsm') as bytes
       from pg_class c left join pg_class t on t.reltoastrelid = c.oid
       where c.relkind in ('r', 'i', 't') and (c.relnamespace = 'public'::regnamespace or t.relnamespace = 'public'::regnamespace
             or c.oid in (select x.indexrelid from pg_index x join pg_class o on o.reltoastrelid = x.indrelid where o.relnamespace = 'public'::regnamespace))
       order by bytes desc`,
    )
    const { rows: counted } = await client.query<{ n: number }>('select count(*)::int as n from resource')
    const resources = counted[0]?.n ?? 0
    const of = (bytes: number) => bytes / resources / 1024
    const total: Line = {
      measure: `disk, ${corpus.name}, all tables and indexes`,
      value: of(rows.reduce((sum, { bytes }) => sum + Number(bytes), 0)),
      unit: 'KB/resource',
      bar: { of: 'value', most: 2 },
      note: `${resources} resources`,
    }
    const parts = rows.filter(({ bytes }) => of(Number(bytes)) >= 0.005)
    return [
      total,
      ...parts.map(({ name, bytes }): Line => ({
        measure: `  ${name}`,
        value: of(Number(bytes)),
        unit: 'KB/resource',
      })),
    ]
  },
}
