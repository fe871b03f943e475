/** A process of its own that owns an embedded server, for launcher.test.ts: writes row after row and tells each commit. */
import { openDatabase } from '../../server/db/open.ts'
import { raw, sql } from '../../server/db/sql.ts'

const [dataDir = ''] = process.argv.slice(2)
const tell = (line: string) => process.stdout.write(`${line}\n`)
const begun = performance.now()
const db = await openDatabase({ dataDir, say: (message) => tell(`say ${message}`) })
tell(`open ${Math.round(performance.now() - begun)}`)
await db.rows(raw('create table if not exists kept (n bigint primary key)'))
process.on('SIGTERM', () => void db.close().then(() => process.exit(0)))
for (;;) {
  const n = process.hrtime.bigint()
  try {
    await db.transaction((tx) => tx.rows(sql`insert into kept values (${n})`))
    tell(`kept ${n}`)
  } catch {
    tell('lost')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
