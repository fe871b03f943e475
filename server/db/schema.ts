import type { Queryable } from './database.ts'
import { sql } from './sql.ts'

/**
 * The schema as the catalogs know it, in a text that is the same on PostgreSQL 15 to 18: kept in schema.sql, so that a
 * migration shows in review what it changes. For reading and comparing; databases are made by the migrations.
 */
export async function dumpSchema(db: Queryable): Promise<string> {
  const parts = [await extensions(db), await tables(db), await indexes(db), await views(db), await functions(db)]
  parts.push(await policies(db))
  return parts.flat().join('\n\n') + '\n'
}

interface Line {
  line: string
}

const text = (rows: Line[]) => rows.map(({ line }) => line)

async function extensions(db: Queryable): Promise<string[]> {
  return text(
    await db.rows<Line>(sql`
      select format('create extension %I;', extname) as line from pg_extension where extname <> 'plpgsql' order by extname`),
  )
}

async function tables(db: Queryable): Promise<string[]> {
  const [columns, constraints] = [await columnsOf(db), await constraintsOf(db)]
  const names = [...new Set(columns.map(({ table }) => table))]
  return names.map((name) => {
    const lines = [...columns, ...constraints].filter(({ table }) => table === name).map(({ line }) => `  ${line}`)
    return `create table ${name} (\n${lines.join(',\n')}\n);`
  })
}

interface TableLine extends Line {
  table: string
}

async function columnsOf(db: Queryable): Promise<TableLine[]> {
  return db.rows<TableLine>(sql`
    select c.relname as table, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attcollation <> t.typcollation then 'collate ' || quote_ident(l.collname) end,
        case when a.attcompression <> '' then 'compression ' || a.attcompression::text end,
        case when a.attnotnull then 'not null' end,
        case when a.attidentity <> '' then 'identity ' || a.attidentity::text end,
        case when a.attgenerated <> '' then 'generated always as' else case when d.oid is not null then 'default' end end,
        pg_get_expr(d.adbin, d.adrelid)) as line
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_collation l on l.oid = a.attcollation
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    order by c.relname collate "C", a.attnum`)
}

/** Without NOT NULL, which is a constraint of its own from PostgreSQL 18 on and stands at the column here. */
async function constraintsOf(db: Queryable): Promise<TableLine[]> {
  return db.rows<TableLine>(sql`
    select c.relname as table, format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid)) as line
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = 'public'::regnamespace and k.contype <> 'n'
    order by c.relname collate "C", k.contype desc, k.conname collate "C"`)
}

/** Those that no constraint made. */
async function indexes(db: Queryable): Promise<string[]> {
  return text(
    await db.rows<Line>(sql`
      select pg_get_indexdef(i.indexrelid) || ';' as line
      from pg_index i join pg_class c on c.oid = i.indexrelid
      where c.relnamespace = 'public'::regnamespace
        and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
      order by c.relname collate "C"`),
  )
}

async function views(db: Queryable): Promise<string[]> {
  return text(
    await db.rows<Line>(sql`
      select format('create %sview %I as%s', case relkind when 'm' then 'materialized ' else '' end, relname,
                    E'\n' || pg_get_viewdef(oid)) as line
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
      order by relname collate "C"`),
  )
}

/** Row-level security. */
async function policies(db: Queryable): Promise<string[]> {
  return text(
    await db.rows<Line>(sql`
      select format('create policy %I on %I for %s%s%s;', policyname, tablename, lower(cmd),
                    E'\n  using ' || qual, E'\n  with check ' || with_check) as line
      from pg_policies where schemaname = 'public' order by tablename collate "C", policyname collate "C"`),
  )
}

/** Our own, not an extension's. */
async function functions(db: Queryable): Promise<string[]> {
  return text(
    await db.rows<Line>(sql`
      select pg_get_functiondef(p.oid) || ';' as line
      from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      order by p.proname collate "C", pg_get_function_identity_arguments(p.oid)`),
  )
}
